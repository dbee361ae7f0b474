/** From the record of a run to a run that can go on with a definition. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { incompatibilities } from "../../plan/compatible.ts"
import { planFrom } from "../../plan/stored.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { LiveRun } from "../Live.ts"
import { nothing } from "../node/NodeEnd.ts"
import { fromText } from "../node/value.ts"
import { planOf } from "./plans.ts"
import { unreadable } from "./unreadable.ts"

/**
 * A live run ready to execute, or the reason why its definition no longer fits.
 */
export const load = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow
): Effect.Effect<LiveRun | string, JournalError> => Effect.map(fitting(engine, ledger, workflow), (fit) => fit())

/** The same, to be asked when it is needed; of nodes that are `redone` nothing recorded is read. */
export const fitting = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow
): Effect.Effect<(redone?: ReadonlySet<string>) => LiveRun | string, JournalError> =>
  Effect.map(storedPlan(engine, ledger, workflow), (stored) => (redone = new Set()) => {
    try {
      return fitted(engine, ledger, workflow, stored, redone)
    } catch (error) {
      return `Workflow "${workflow.name}" cannot go on with this run: ${errorWords(encodeThrown(error))}`
    }
  })

/** The plan with which the run began, where it is another one. */
const storedPlan = (
  { host: { journal } }: Engine,
  { row }: Ledger,
  workflow: AnyWorkflow
): Effect.Effect<string | undefined, JournalError> =>
  Effect.suspend(() =>
    planOf(workflow).digest === row.digest ? Effect.succeed(undefined) : journal.reads.plan(row.digest)
  )

const fitted = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow,
  stored: string | undefined,
  redone: ReadonlySet<string>
): LiveRun | string => {
  const plan = planOf(workflow)
  const changed = stored === undefined ? [] : differences(stored, ledger, workflow)
  if (changed.length > 0) {
    return `Workflow "${workflow.name}" changed in a way this run cannot follow: ${changed.join("; ")}. ` +
      `Bring the former definition back, or go on in a new run: pinnace resubmit ${ledger.row.id} --memoized --file FILE`
  }
  const [wrong] = unreadable(ledger, plan, redone)
  if (wrong !== undefined) {
    return `Workflow "${workflow.name}" changed in a way this run cannot follow: ${wrong.why}. ` +
      `Bring the former schema back, or run it again in a new run: pinnace fork ${ledger.row.id} ${wrong.path} --file FILE`
  }
  const input = fromText(workflow.input, ledger.texts.get(ledger.row.inputSeq) ?? nothing)
  return new LiveRun(engine.host, ledger, plan, input)
}

const differences = (stored: string, ledger: Ledger, workflow: AnyWorkflow): ReadonlyArray<string> => {
  const started = [...ledger.nodes.values()].filter((node) => node.phase !== "Pending").map((node) => node.path)
  return incompatibilities(planFrom(stored), planOf(workflow), started)
}
