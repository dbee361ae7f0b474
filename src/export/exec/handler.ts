/** What runs when a node or the workflow has ended. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { codecsOf } from "../../engine/node/codecs.ts"
import { toOutcome } from "../../engine/node/value.ts"
import type { AnyTask, AnyWorkflow, HandlerDef, HooksDef, NodeDef } from "../../workflow/Definition.ts"
import { type Following, followingOf } from "../handlers.ts"
import { exitCodes } from "../policies.ts"
import { indexName } from "../reads.ts"
import { attempted } from "./attempt.ts"
import type { ExecAnswer, ExecRequest } from "./ExecRequest.ts"
import { locate } from "./located.ts"
import { endOf, endOfStatus, endText, readEnd } from "./scope.ts"

/** Runs a handler, where its condition holds. */
export const runHandler = async (
  pinnace: Pinnace,
  workflow: AnyWorkflow,
  request: ExecRequest
): Promise<ExecAnswer> => {
  const { def, handled } = handlerAt(workflow, request)
  const task = def.task as AnyTask
  const exit = exitOf(handled, request)
  if (def.when !== undefined && !def.when(exit)) {
    return { exitCode: exitCodes.succeeded, outputs: { end: endText(endOfStatus("Skipped")) } }
  }
  const { retry, timeouts } = task
  return attempted(pinnace, workflow, request, { task, retry, timeouts, input: () => def.input(exit), when: undefined })
}

/** The handler of a node, or of the workflow where the path is empty; and what it is told of. */
const handlerAt = (
  workflow: AnyWorkflow,
  request: ExecRequest
): { readonly def: HandlerDef; readonly handled: NodeDef | AnyWorkflow } => {
  const { parameters, path, verb } = request
  const at = ({ hooks, onExit }: Following): HandlerDef | undefined =>
    verb === "exit" ? onExit : hooks[verb as keyof HooksDef]
  if (path.length === 0) return { def: at(workflow)!, handled: workflow }
  const { def } = locate(workflow, request).node
  const over = def.map !== undefined && indexName in parameters ? def.map.item : def
  return { def: at(followingOf(over, def.runnable))!, handled: def }
}

const exitOf = (handled: NodeDef | AnyWorkflow, { attempt, parameters, path, run }: ExecRequest) => {
  const { status = "Failed", end: told = "" } = parameters
  const isItem = indexName in parameters
  const { error, output } = "_tag" in handled ? handled : isItem ? handled.runnable! : codecsOf(handled)
  const end = "_tag" in handled || isItem
    ? told === "" ? endOfStatus(status) : readEnd(told)
    : endOf(handled, status, told)!
  return { outcome: toOutcome(end, output, error), run, node: path.join("/"), attempt }
}
