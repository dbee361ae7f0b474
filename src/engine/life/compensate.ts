/** Undoes later what a run did that has ended. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import { failedUndoing, sparedOf } from "../../run/undoing.ts"
import { withActor } from "../actor.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import type { CommandError, InvalidInput } from "../EngineError.ts"
import { leftToUndo } from "../graph/undo.ts"
import type { LiveRun } from "../Live.ts"
import { load } from "./load.ts"
import { loadLedger } from "./loadLedger.ts"
import { type Decide, reopen } from "./reopen.ts"
import { prepared, refuse } from "./resets.ts"

/** What is undone of a run that has ended. */
export interface CompensationPlan {
  /** The paths of the nodes, the one that is undone first before the others. */
  readonly undo: ReadonlyArray<string>
}

/** What is undone, and what stays. */
export interface CompensationPreview extends CompensationPlan {
  /** The nodes that worked and stay as they are, each with why. */
  readonly skip: ReadonlyArray<{ readonly path: string; readonly why: string }>
}

/** What `compensate` would undo, without doing it. */
export const planCompensation = (
  engine: Engine,
  id: string
): Effect.Effect<CompensationPreview, CommandError | JournalError> =>
  atDoor(() =>
    Effect.gen(function* () {
      const { row, workflow } = yield* prepared(engine, id, "compensate")
      const ledger = yield* loadLedger(engine, row)
      const live = typeof ledger === "string" ? ledger : yield* load(engine, ledger, workflow)
      if (typeof live === "string") return yield* refuse(id, "compensate", live)
      live.takenOver = true
      const undo = yield* leftToUndo(live)
      return { undo, skip: sparedOf(live.ledger.nodes, undo) }
    })
  )

/** Undoes what an ended run did and what is not undone yet, in the same run; nothing of it runs again. */
export const compensate = (
  engine: Engine,
  id: string
): Effect.Effect<CompensationPlan, CommandError | InvalidInput | JournalError> =>
  atDoor(() =>
    withActor(
      engine.host,
      (by) =>
        Effect.flatMap(prepared(engine, id, "compensate"), (found) => reopen(engine, found, "compensate", by, decide))
    )
  )

const decide: Decide<CompensationPlan> = (ledger, fit) =>
  Effect.gen(function* () {
    const { id } = ledger.row
    const refused = refusal("compensate", ledger.row)
    if (refused !== undefined) return yield* refuse(id, "compensate", refused)
    const live = fit()
    if (typeof live === "string") return yield* refuse(id, "compensate", live)
    live.takenOver = true
    const undo = yield* leftToUndo(live)
    if (undo.length === 0) return yield* refuse(id, "compensate", "nothing is left to be undone")
    const event = { reset: failedUndoing(ledger.nodes), undo: true } as const
    return { event, answer: { undo }, ready: undoes }
  })

/** It goes on as one that is terminated once what it did is undone, in another life. */
const undoes = (live: LiveRun): void => {
  live.takenOver = true
  live.root.stopping = "Terminated"
}
