// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** What the steps of a flow run, from what its body gives to them. */
import { admitNamed, admitOne, anything, callable, type Rules, text } from "./admit.ts"
import { anyJson } from "./codec.ts"
import type { AnyRunnable, AnyTask, NodeDef } from "./Definition.ts"
import { GraphBuilder } from "./GraphBuilder.ts"
import { task } from "./Task.ts"
import { demand, shown } from "./values.ts"

const make = task as unknown as (name: string, options: object) => AnyTask

/** The task of a step: a function, or options with `run`. */
export const asTask = (name: string, how: any): AnyTask => {
  admitOne("the name of a step", name, text)
  const { run, ...options } = typeof how === "function" ? { run: how } : how ?? {}
  admitOne(`what step ${shown(name)} runs`, run, callable)
  return make(name, { ...options, run: (_: unknown, context: unknown) => run(context) })
}

/** The node of a wait for a time. */
export const sleepNode = (name: string, duration: any): NodeDef => defined((builder) => builder.sleep(name, duration))

const receiveRules: Rules<{ readonly name?: string; readonly duration?: unknown; readonly default?: unknown }> = {
  name: text,
  duration: anything,
  default: anything
}

/** The node of a wait for a signal. */
export const receiveNode = (signal: any, given: any): NodeDef => {
  const { name, ...options } = admitNamed<any>("the options of receive", given, receiveRules as any)
  return defined((builder) => builder.suspend(name === undefined ? signal : { ...signal, name }, options))
}

/** The node that starts a run. */
export const runNode = (name: string, workflow: any, input: unknown, options: any = {}): NodeDef =>
  defined((builder) => builder.run(name, workflow, { ...options, wait: false, input: () => input }))

/** The node that waits for one. */
export const awaitNode = (name: string, def: NodeDef, id: string): NodeDef => ({
  ...def,
  name,
  run: { ...def.run!, wait: true, await: id }
})

/** The node of a step for each item. */
export const eachNode = (name: string, items: ReadonlyArray<unknown>, work: any, options: any = {}): NodeDef => {
  const runnable: AnyRunnable = typeof work === "function" ? make(name, { input: anyJson, run: work }) : work
  return defined((builder) => builder.map(name, items, runnable, (item: unknown) => item, options))
}

const defined = (add: (builder: GraphBuilder) => unknown): NodeDef => {
  const builder = new GraphBuilder({})
  add(builder)
  const [mistake] = builder.mistakes
  if (mistake !== undefined) {
    demand(`step ${shown(mistake.node)}`, { what: `is wrong: ${mistake.message}`, hint: mistake.hint })
  }
  return builder.nodes[0]!
}
