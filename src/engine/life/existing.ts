/** What starting under a taken id means: the run that is there, or a conflict. */
import * as Effect from "effect/Effect"
import { isDeepStrictEqual } from "node:util"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Json } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import { isRecord } from "../../workflow/binding.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { RunExists } from "../EngineError.ts"
import { fromText } from "../node/value.ts"

/** The same id, workflow and input again: the run that is there. Anything else under a taken id is a conflict. */
export const existing = (
  engine: Engine,
  workflow: AnyWorkflow,
  wanted: RunRow,
  text: string
): Effect.Effect<RunRow, RunExists | JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const row = yield* reads.findRun(wanted.id)
    const [first] = row === undefined ? [] : yield* reads.events(row.key, 0, 1)
    if (row === undefined || first === undefined) return yield* conflict(wanted, "that was deleted meanwhile")
    const { event } = first
    const otherWorkflow = row.workflow !== wanted.workflow
    if (!otherWorkflow && event.type === "RunCreated" && sameInput(workflow, event.input, JSON.parse(text))) return row
    return yield* conflict(
      wanted,
      otherWorkflow ? `of another workflow ("${row.workflow}")` : `of "${row.workflow}" with another input`
    )
  })

/** A run has the id of another one. */
export const conflict = ({ id, workflow }: RunRow, what: string): RunExists => {
  const message =
    `Cannot start "${workflow}" as "${id}": a run ${what} has that id. Choose another id, or get that run by it`
  return new RunExists({ id, message })
}

/**
 * Whether two inputs are the same, whatever the order of their
 * fields; a field that is `undefined` is as one that is absent.
 */
const sameInput = (workflow: AnyWorkflow, a: Json, b: Json): boolean => {
  if (isDeepStrictEqual(a, b)) return true
  try {
    const [x, y] = [a, b].map((json) => present(fromText(workflow.input, JSON.stringify(json))))
    return isDeepStrictEqual(x, y)
  } catch {
    return false
  }
}

const present = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(present)
  if (!isRecord(value)) return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, present(field)]))
}
