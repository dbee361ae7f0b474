/**
 * One attempt that a worker has taken: its body, and how it ended.
 *
 * Owns: the fiber of the body, its latest note of progress. Does not own: the run; its owner records.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import { type Offer, type Placed, placeKey, readPoolKey, spaces } from "../../run/placement.ts"
import { present } from "../../run/view.ts"
import type { Engine } from "../Engine.ts"
import type { LiveNode } from "../Live.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { recordable } from "../node/recordable.ts"
import { cell, moved, removed } from "./cells.ts"
import { endOf, outcomeOf } from "./endOf.ts"
import { type Outcome, outcomeText } from "./outcome.ts"
import { Notes } from "./Notes.ts"
import type { OfferCell } from "./Placement.ts"
import { prepare, type Prepared, type Unfit } from "./prepare.ts"

/** What was taken. */
export interface TakenAttempt {
  readonly place: Placed
  readonly offer: Offer
  /** The cell that says so. */
  readonly taken: OfferCell
}

/** See the head of the file. */
export class PlacedBody {
  readonly key: string
  fiber: Fiber.Fiber<void, unknown> | undefined
  readonly #engine: Engine
  readonly #attempt: TakenAttempt
  readonly #notes: Notes
  #live: LiveNode | undefined
  #wish: "stop" | "leave" | "abandon" | undefined = undefined

  constructor(engine: Engine, attempt: TakenAttempt) {
    this.#engine = engine
    this.#attempt = attempt
    this.key = placeKey(attempt.place)
    this.#notes = new Notes(engine.host, this.key)
  }

  /** Begins; `done` hears once it is over, and whether this process cannot run it. */
  begin(done: (isRefused: boolean) => void): void {
    let isRefused = false
    const work = Effect.map(this.#run, (refused) => {
      isRefused = refused
    })
    this.fiber = Effect.runForkWith(this.#engine.host.context)(this.#engine.reacting(work))
    this.fiber.addObserver(() => done(isRefused))
  }

  /**
   * Its owner wants it to `stop`; this process will `leave`, so that the attempt is given back, unless it must not
   * begin twice; or nothing that it tells counts any more.
   */
  end(wish: "stop" | "leave" | "abandon"): void {
    if (this.#wish === wish) return
    this.#wish = wish
    this.#live?.cancel("Stopped")
  }

  get #run(): Effect.Effect<boolean, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { offer, place } = this.#attempt
      const prepared = yield* prepare(this.#engine, place, offer, (note) => this.#notes.note(note))
      if (prepared === "stale") return yield* this.#forget
      if ("unfit" in prepared) return yield* this.#refuse(prepared)
      const end = yield* this.#work(prepared)
      this.#notes.close()
      if (this.#wish === "abandon") return false
      if (this.#wish !== "leave") return yield* this.#tell(outcomeOf(prepared.live, end))
      // Of what must not begin twice its owner has to hear that it was cut off, as by a death.
      return offer.once === true ? false : yield* this.#give(false)
    })
  }

  /**
   * Tells how it ended, unless it was to stop: that may be because its run was ended without being executed, and then
   * nobody reads it. Whoever ends such a run tells those to stop whose ends are not there yet (`recall`).
   */
  #tell(outcome: Outcome): Effect.Effect<boolean, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const unlessStopped = [cell(spaces.stops, this.key, null, null)]
      if (this.#wish === undefined && (yield* this.#moves(outcome, unlessStopped))) return false
      yield* this.#moves(outcome)
      return (yield* this.#isAwaited) ? false : yield* this.#forget
    })
  }

  /** Gives it back for other workers. */
  #refuse({ unfit }: Unfit): Effect.Effect<boolean, JournalError> {
    const { offer: { workflow }, place: { attempt, path, run }, taken } = this.#attempt
    const [pool] = readPoolKey(taken.key)
    return Effect.gen({ self: this }, function* () {
      const row = yield* this.#engine.host.journal.reads.getRun(run)
      this.#engine.onPlaced({ run: row?.id ?? "", workflow, node: path, pool, attempt, refused: unfit })
      return yield* this.#give(true)
    })
  }

  #work({ attempt, live, work }: Prepared): Effect.Effect<NodeEnd> {
    return Effect.suspend(() => {
      const told = this.#telling(live, attempt)
      const { millis = Infinity, until = Infinity } = this.#attempt.offer
      const deadline = Math.min(until, this.#engine.host.now() + millis)
      const body = Effect.runForkWith(live.run.context)(work.attempt(live, { number: attempt, deadline }))
      this.#live = live
      live.fiber = body
      if (this.#wish !== undefined) live.cancel("Stopped")
      return Effect.map(Fiber.await(body), (exit) => {
        const end = recordable(live, endOf(exit))
        told(end)
        return end
      })
    })
  }

  /** Tells whoever looks on that it begins; answers how to tell that it has ended. */
  #telling({ path, run: { ledger: { row } } }: LiveNode, attempt: number): (end: NodeEnd) => void {
    const { now } = this.#engine.host
    const [pool] = readPoolKey(this.#attempt.taken.key)
    const told = { run: row.id, workflow: row.workflow, node: path, pool, attempt }
    const since = now()
    this.#engine.onPlaced(told)
    return ({ message, phase }) => {
      const how = this.#wish === undefined ? phase : "left"
      this.#engine.onPlaced({
        ...told,
        ended: { how, millis: now() - since, ...present({ message: message ?? null }) }
      })
    }
  }

  /** Whether its run is open: one that was ended without being executed has no owner who reads how it ended. */
  get #isAwaited(): Effect.Effect<boolean, JournalError> {
    const { host: { journal: { reads } } } = this.#engine
    return Effect.map(reads.getRun(this.#attempt.place.run), (run) => run !== undefined && !isTerminal(run.phase))
  }

  /** Nobody waits for it: nothing is left of it. */
  get #forget(): Effect.Effect<boolean, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { taken } = this.#attempt
      const { journal } = this.#engine.host
      yield* moved(journal, [cell(spaces.taken, taken.key, taken.data, null)])
      yield* removed(journal, this.key)
      return false
    })
  }

  /** It is not this worker's any more: how it ended counts only if it still was. */
  #give(isRefused: boolean): Effect.Effect<boolean, JournalError> {
    return Effect.as(this.#moves(undefined), isRefused)
  }

  #moves(outcome: Outcome | undefined, unless: ReadonlyArray<Write> = []): Effect.Effect<boolean, JournalError> {
    const { taken } = this.#attempt
    return moved(this.#engine.host.journal, [
      cell(spaces.taken, taken.key, taken.data, null),
      cell(spaces.ended, this.key, null, outcomeText(outcome)),
      ...unless
    ])
  }
}
