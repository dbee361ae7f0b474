// deno-lint-ignore-file no-explicit-any -- type parameters that a signature does not look at
/**
 * Flows: workflows that are written as one async function. What it does by name is a node of the run; the function
 * itself runs again from its top after a restart, and what has ended answers from the record.
 */
import { admitOne, callable } from "./admit.ts"
import { assembleFlow } from "./assembleFlow.ts"
import type { CodecSpec, ErrorOf, ErrorSpec, TypeOf } from "./codecSpec.ts"
import type { FlowContext } from "./FlowContext.ts"
import type { ExitHandler, HookHandlers } from "./Handler.ts"
import type { WithJson } from "./JsonOutput.ts"
import type { Noted } from "./Remedy.ts"
import type { Declared, Inferred, ServiceOf, ServiceSpec } from "./Task.ts"
import type { Workflow, WorkflowOptions } from "./Workflow.ts"
import { shown } from "./values.ts"

/** The parts of a flow besides its body. */
export interface FlowOptions<In, Out, Errors extends ErrorSpec, Services extends ServiceSpec>
  extends Omit<WorkflowOptions<In, Out, Errors, Services>, "failFast" | "output" | "parallelism"> {
  /** A schema; without one the output has to be plain JSON. */
  readonly output?: Out
  /** Runs once the flow has ended, however it ended. */
  readonly onExit?: ExitHandler<Declared<Out>, ErrorOf<Errors>, ServiceOf<Services>>
  /** Handlers that run as the flow starts, succeeds or fails. */
  readonly hooks?: HookHandlers<Declared<Out>, ErrorOf<Errors>, ServiceOf<Services>>
}

/** What the body of a flow returns, where it fits; else the remedy. */
export type FlowResult<T, Out> = T extends PromiseLike<infer V>
  ? [Out] extends [undefined] ? WithJson<V, T> : [V] extends [TypeOf<Out>] ? T : Promise<TypeOf<Out>>
  : "The body of a flow is an async function: async (input, f) => …"

/** The output of a flow: that of its schema, or what its body gives. */
export type FlowOutput<Out, T> = [Out] extends [undefined] ? Inferred<Awaited<T>> : TypeOf<Out>

/**
 * Defines a flow. Whatever its body does, it does by name: `f.step`, `f.call`, `f.each`, `f.sleep`, `f.receive`. The
 * code between them only decides what comes next, since it runs again after a restart.
 */
export const flow = <
  const T,
  In extends CodecSpec | undefined = undefined,
  Out extends CodecSpec | undefined = undefined,
  const Errors extends ErrorSpec = [],
  const Services extends ServiceSpec = []
>(
  name: string,
  options: FlowOptions<In, Out, Errors, Services>,
  body: (input: TypeOf<In>, f: FlowContext<TypeOf<In>>) => Noted<T, FlowResult<T, Out>>
): Workflow<TypeOf<In>, FlowOutput<Out, T>, ErrorOf<Errors>, ServiceOf<Services>> => {
  admitOne(`the body of flow ${shown(name)}`, body, callable)
  return assembleFlow(name, options as any, body)
}
