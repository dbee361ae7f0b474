/** Checks tasks and workflows themselves: schemas, limits, handlers. */
import type { AnyCodec, AnyRunnable, AnyWorkflow, HandlerDef, HooksDef } from "../workflow/Definition.ts"
import type { Findings } from "./Findings.ts"
import { runnableFaults } from "./limits.ts"
import { whyNotJson } from "./serialisable.ts"

/**
 * Checks the schemas and numbers of a task or workflow that is used at `path`. One without mistakes is looked at once,
 * at however many nodes it is.
 */
export const checkRunnable = (findings: Findings, runnable: AnyRunnable, path: string): void => {
  if (findings.isSound(runnable)) return
  for (const { code, hint, message } of runnableFaults(runnable)) {
    findings.addOnce(runnable, { path, code, message, hint })
  }
  checkSchema(findings, runnable, path, "input", runnable.input)
  checkSchema(findings, runnable, path, "output", runnable.output)
  // Those that are inferred are the nodes' own, which are checked there.
  const stated = runnable._tag === "Task" || runnable.statesErrors
  if (stated && runnable.error !== undefined) checkSchema(findings, runnable, path, "errors", runnable.error)
  if (runnable._tag === "Workflow") checkSignals(findings, runnable, path)
  findings.looked(runnable)
}

const checkSignals = (findings: Findings, workflow: AnyWorkflow, path: string): void => {
  for (const { name, suspend } of workflow.nodes) {
    if (suspend !== undefined) checkSchema(findings, suspend, `${path}/${name}`, "output", suspend.output)
  }
}

const checkSchema = (findings: Findings, about: object, path: string, part: string, codec: AnyCodec): void => {
  const reason = whyNotJson(codec)
  if (reason === undefined) return
  findings.addOnce(about, {
    path,
    code: "schema-not-serialisable",
    message: `The schema of its ${part} cannot be recorded as JSON: ${reason}`,
    hint: "Use schemas with a JSON form (Schema.Date, Schema.Struct, …), or annotate yours with `toCodecJson`"
  })
}

/** What can have handlers. */
export interface Handling {
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
}

/** Checks the handlers of a node or workflow; `visit` checks a workflow used as a handler. */
export const checkHandlers = (
  findings: Findings,
  { hooks, onExit }: Handling,
  path: string,
  visit: (workflow: AnyWorkflow, path: string) => void
): void => {
  if (onExit !== undefined) checkHandler(findings, onExit, `${path}.onExit`, visit)
  for (const [name, hook] of Object.entries(hooks)) checkHandler(findings, hook, `${path}.hooks.${name}`, visit)
}

const checkHandler = (
  findings: Findings,
  { task }: HandlerDef,
  path: string,
  visit: (workflow: AnyWorkflow, path: string) => void
): void => {
  if (task._tag === "Workflow") visit(task, path)
  else checkRunnable(findings, task, path)
}
