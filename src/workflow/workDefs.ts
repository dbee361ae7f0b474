/** Nodes that start a run or make their graph as they begin: from what authors say to the form of the engine. */
import { admit, admitOne, callable, defined, flag, oneOf, type Rules, text } from "./admit.ts"
import { anyJson } from "./codec.ts"
import type { AnyWorkflow, ExpandDef, NodeDef, OnParentEnd, RunDef } from "./Definition.ts"
import { isRef } from "./Ref.ts"
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

/** What builds the graph of a value. */
export type ExpandBuild = ExpandDef["build"]

/** The name under which such a node needs its value. */
export const expanded = "(value)"

/** What is particular to such a node. Throws `InvalidValue`. */
export const expandKind = (name: string, value: unknown, build: ExpandBuild) => {
  admitOne(
    `what ${shown(name)} expands`,
    value,
    (it) => isRef(it) ? undefined : { what: `is ${shown(it)}`, hint: "Use a node, or a reference into one" }
  )
  admitOne(`what builds the graph of ${shown(name)}`, build, callable)
  const expand = Object.freeze({ build, output: anyJson })
  const bind: NodeDef["bind"] = (values) => values[expanded]
  return { kind: "workflow", runnable: undefined, bind, map: undefined, suspend: undefined, expand } as const
}
