/**
 * Commands to runs that another process executes, or that nobody
 * executes any more: asked through the file, answered by the owner.
 */
import * as Effect from "effect/Effect"
import { isTerminal } from "../../run/Phase.ts"
import type { Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Verb } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { type Answer, type CommandArgs, read, tooLate } from "./Answer.ts"
import type { Engine } from "../Engine.ts"
import { isExecuted } from "../life/definitions.ts"
import { whenChanged } from "../observe/whenChanged.ts"

/** A command on its way. */
export interface Request {
  readonly verb: Verb
  readonly args: CommandArgs
  /** Acts on the run once this process has claimed it, in the mailbox; gives what is left to do outside. */
  readonly act: (claimed: RunRow) => Effect.Effect<Effect.Effect<Answer, JournalError>, JournalError>
}

/**
 * Asks the owner through the file and wakes it; no polling. When the owner dies and nobody takes its place, acts here.
 */
export const remote = (engine: Engine, row: RunRow, request: Request): Effect.Effect<Answer, JournalError> =>
  Effect.flatMap(
    engine.host.journal.claims.send(row.key, request.verb, JSON.stringify(request.args)),
    (sent) => answered(engine, row, sent, request)
  )

/** What is left to do once there is an answer, or nobody who could give one. */
type Rest = Effect.Effect<Answer, JournalError>
type Resting = Generator<Effect.Effect<unknown, JournalError>, Rest, never>

const answered = (engine: Engine, row: RunRow, sent: number, request: Request): Effect.Effect<Answer, JournalError> =>
  Effect.flatten(whenChanged(engine, row.key, (): Effect.Effect<Rest | undefined, JournalError> => {
    if (engine.closed) {
      return Effect.succeed(Effect.succeed({ ok: false, message: "The engine was closed before the answer came" }))
    }
    return Effect.gen(function* () {
      const answer = yield* answerTo(engine, sent)
      if (answer !== undefined) return Effect.succeed(answer)
      return (yield* isFree(engine, row)) ? Effect.suspend(() => instead(engine, row, sent, request)) : undefined
    })
  }))

const answerTo = (engine: Engine, sent: number): Effect.Effect<Answer | undefined, JournalError> =>
  Effect.map(engine.host.journal.reads.command(sent), (command) => {
    const answer = command?.answer
    if (answer === undefined || answer === null) return undefined
    return read<Answer>(answer) ?? { ok: false, message: "The answer of the other process cannot be read" }
  })

/** Whether nobody alive executes the run: whoever does, or takes it over, reads its inbox. */
const isFree = (engine: Engine, { key }: RunRow): Effect.Effect<boolean, JournalError> =>
  Effect.flatMap(
    engine.host.journal.reads.getRun(key),
    (now) => now === undefined ? Effect.succeed(true) : Effect.map(isExecuted(engine, now), (executed) => !executed)
  )

const withdrawn = JSON.stringify({ ok: false, message: "Asked again elsewhere" })

/** Only an owner acts on commands: once the run is claimed here, nobody else acts on this one any more. */
const instead = (engine: Engine, row: RunRow, sent: number, request: Request): Effect.Effect<Answer, JournalError> =>
  Effect.flatten(engine.mailbox.ask(Effect.gen(function* (): Resting {
    const { journal } = engine.host
    const needless = yield* endedAlready(engine, row, request)
    if (needless !== undefined) {
      // Who retries the run must not find it waiting.
      journal.append([{ kind: "answer", command: sent, answer: JSON.stringify(needless) }])
      return Effect.succeed(needless)
    }
    const [claimed] = yield* journal.claims.claim({ run: row.key })
    if (claimed === undefined) return answered(engine, row, sent, request)
    const answer = yield* answerTo(engine, sent)
    if (answer !== undefined) {
      yield* engine.giveBack([row.key])
      return Effect.succeed(answer)
    }
    journal.append([{ kind: "answer", command: sent, answer: withdrawn }])
    return yield* request.act(claimed)
  })))

/** The answer when there is nothing left to act on. */
const endedAlready = (
  { host: { journal: { reads } } }: Engine,
  { id, key }: RunRow,
  request: Request
): Effect.Effect<Answer | undefined, JournalError> =>
  Effect.gen(function* () {
    const now = yield* reads.getRun(key)
    if (now === undefined) return { ok: false, message: `Run ${id} was deleted` }
    if (!isTerminal(now.phase)) return undefined
    if (yield* isAskedFor(reads, now, request)) {
      return { ok: true, message: `Run ${id} has ended (${now.phase})` }
    }
    return yield* tooLate(reads, request.verb, now, request.args)
  })

/**
 * The end may be seen before the answer that announced it. What was
 * stopped may say another reason for its end, as manifests do.
 */
const isAskedFor = (reads: Reads, { key }: RunRow, { args, verb }: Request): Effect.Effect<boolean, JournalError> => {
  if (verb !== "stop" && verb !== "terminate") return Effect.succeed(false)
  return Effect.map(reads.events(key, 0), (events) => {
    const last = events.findLast(({ event }) => event.type === "RunStopping" || event.type === "RunRetried")?.event
    if (last?.type !== "RunStopping") return false
    return verb === "stop" || last.mode === (args.compensate === true ? "undo" : "terminate")
  })
}
