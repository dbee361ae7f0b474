/** Nodes that start a run of their own: from what authors say to the engine's form. */
import { admit, admitOne, defined, flag, oneOf, type Rules, text } from "./admit.ts"
import type { AnyWorkflow, OnParentEnd, RunDef } from "./Definition.ts"
import { shown } from "./values.ts"

/** What is said of a run that a node starts. */
export interface AnyRunOptions {
  readonly wait?: boolean | undefined
  readonly onParentEnd?: OnParentEnd | undefined
  readonly id?: string | undefined
}

const rules: Rules<AnyRunOptions> = {
  wait: flag,
  onParentEnd: oneOf(["leave", "stop", "terminate"]),
  id: text
}

/** The engine's form. Throws `InvalidValue`. */
export const runDef = (name: string, workflow: AnyWorkflow, given: AnyRunOptions): RunDef => {
  admitOne(`what "${name}" starts`, workflow, defined("Workflow"))
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const { id, onParentEnd = "leave", wait = true } = admit<AnyRunOptions>(`the run of ${shown(name)}`, said, rules)
  return Object.freeze({ workflow, wait, onParentEnd, id })
}
