/** Which runs can be migrated to which workflows. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { unversioned, unversionedName } from "../../workflow/version.ts"
import type { Engine } from "../Engine.ts"
import { isExecuted } from "./definitions.ts"

/** Why a run cannot be migrated at all. */
export const barred = (
  engine: Engine,
  row: RunRow,
  workflow: AnyWorkflow
): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    if (isTerminal(row.phase)) return `it has ended ${row.phase}`
    if (row.definition !== null) return "its definition is kept with it"
    if (unversioned(workflow) !== unversionedName(row.workflow)) {
      return `it is a run of "${row.workflow}", and "${workflow.name}" is another workflow`
    }
    if (row.workflow === workflow.name) return `it is a run of "${workflow.name}" already`
    if (!(yield* isExecuted(engine, row))) return undefined
    return "a process executes it: close the one with its version, and try again"
  })
