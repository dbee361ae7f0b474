// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Puts a flow together: a workflow without a graph of its own. */
import { assemble } from "./assemble.ts"
import { anyJson } from "./codec.ts"
import type { AnyWorkflow, FlowBody } from "./Definition.ts"
import type { Handler, HookHandlers } from "./Handler.ts"
import type { AnyWorkflowOptions } from "./workflowOptions.ts"

/** The options of a flow, types erased. */
export interface AnyFlowOptions extends AnyWorkflowOptions {
  readonly onExit?: Handler<any, any>
  readonly hooks?: HookHandlers<any, any, any>
}

/** The workflow of a flow. Throws `InvalidValue`. */
export const assembleFlow = (name: string, given: AnyFlowOptions, flow: FlowBody): AnyWorkflow => {
  const { hooks, onExit, ...options } = given
  return assemble(name, { errors: [], output: anyJson, ...options }, (builder) => {
    if (onExit !== undefined) builder.onExit(onExit)
    for (const [hook, handler] of Object.entries(hooks ?? {})) {
      if (handler !== undefined) builder.on(hook as any, handler as any)
    }
  }, flow)
}
