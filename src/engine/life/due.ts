/**
 * When a run may begin by the start policies of its workflow: at its turn of a throttle, and once no more inputs come
 * (debounce). It is Pending until then, in whichever process executes it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Debounced, startSpace } from "../../run/starting.ts"
import type { LiveRun } from "../Live.ts"
import { surely } from "../node/surely.ts"
import { fromText } from "../node/value.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { oncePermitted } from "../permits/runPermits.ts"
import { type PermitFailure, stopped } from "../permits/permits.ts"
import { cellWrite } from "./startCells.ts"

/** Wall clocks jump and machines sleep, which timers do not see. */
const longestWait = 60_000

/** It begins when its start policies let it, and it has its permits. */
export const onceDue = (
  live: LiveRun,
  begun: Effect.Effect<NodeEnd>
): Effect.Effect<NodeEnd, PermitFailure> => {
  if (live.ledger.rule === undefined) return oncePermitted(live, begun)
  return Effect.andThen(due(live), Effect.suspend(() => oncePermitted(live, begun)))
}

/** Waits until the run may begin, or somebody asks for its end. Throws what its schema says of a later input. */
const due = (live: LiveRun): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { row, rule } = live.ledger
    // One that ended before it began, and was retried as it is, still has its latest input in the cell.
    const isRetried = row.epoch > 1 && row.inputSeq === 1
    if (rule === undefined || row.phase !== "Pending" && !isRetried) return Effect.void
    const debounced = rule.debounce === undefined ? Effect.void : settled(live, rule.debounce)
    const free = Effect.raceFirst(Effect.andThen(until(live, rule.after ?? 0), debounced), stopped(live.root))
    return Effect.map(free, () => {
      live.dueAt = live.host.now()
      live.waitsUntil = undefined
    })
  })

const until = (live: LiveRun, at: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const left = at - live.host.now()
    if (left <= 0) return Effect.void
    live.waitsUntil = at
    const wait = Effect.sleep(Duration.millis(Math.min(left, longestWait)))
    return Effect.andThen(wait, until(live, at))
  })

/**
 * The latest input is recorded before its cell goes, and the run begins after that: whoever takes over in between finds
 * either the cell, or the input that was in it.
 */
const settled = (live: LiveRun, place: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (;;) {
      const data = (yield* surely(live.host.journal.reads.cell(startSpace, place)))?.data
      const cell = data === undefined ? undefined : JSON.parse(data) as Debounced
      if (cell?.run !== live.ledger.row.id) return
      yield* until(live, cell.due)
      if (live.host.now() < cell.due) continue
      // Others may have come meanwhile.
      const now = yield* surely(live.host.journal.reads.cell(startSpace, place))
      if (now?.data !== data) continue
      if (cell.input !== undefined) yield* replaced(live, cell.input)
      if (yield* removed(live, place, data!)) return
    }
  })

const replaced = (live: LiveRun, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const { ledger } = live
    const { input } = live.plan.workflow
    ledger.run({ type: "RunInputReplaced", input: JSON.parse(text) }, (error) => {
      if (error === undefined) resume(Effect.void)
    })
    ledger.texts.set(ledger.row.inputSeq, text)
    live.input = fromText(input, text)
  })

const removed = (live: LiveRun, key: string, was: string): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    live.host.journal.append([cellWrite({ key, was, data: null })], (error) => {
      // Without storage nothing goes on: the engine hears of it and ends this.
      if (error === undefined || error.reason === "Stale") resume(Effect.succeed(error === undefined))
    })
  })
