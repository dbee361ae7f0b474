/** One attempt of a task: its body, run by an engine as a workflow of one node. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { errored, type NodeEnd, succeeded } from "../../engine/node/NodeEnd.ts"
import { decodeTyped } from "../../engine/node/value.ts"
import type { Event } from "../../run/Event.ts"
import type { AnyTask, AnyWorkflow, NodeDef } from "../../workflow/Definition.ts"
import { indexName } from "../reads.ts"
import { alone, onlyNode } from "./alone.ts"
import { ending } from "./ending.ts"
import type { ExecAnswer, ExecRequest, Verb } from "./ExecRequest.ts"

/** What is tried. */
export interface Body extends Pick<NodeDef, "retry"> {
  readonly task: AnyTask
  readonly timeouts: AnyTask["timeouts"]
  readonly input: () => unknown
  readonly when: (() => boolean) | undefined
}

/** Tries it; answers how that ended. */
export const attempted = async (
  pinnace: Pinnace,
  workflow: AnyWorkflow,
  request: ExecRequest,
  { input, retry, task, timeouts, when }: Body
): Promise<ExecAnswer> => {
  const path = pathText(request)
  const { attempt, run: id, shares = false } = request
  const it = { task, input, when, timeouts, path, attempt, key: `${id}/${path}`, run: id, shares }
  const { end, log } = await run(pinnace, alone(workflow, it))
  return { ...ending(end, retry, request, decodeTyped(task.error, end.error)), log }
}

const pathText = ({ parameters: { [indexName]: index }, path, verb }: ExecRequest): string =>
  `${path.join("/")}${index === undefined ? "" : `[${index}]`}${followerIn[verb] ?? ""}`

const followerIn: Partial<Record<Verb, string>> = {
  exit: ".onExit",
  succeeded: ".hooks.succeeded",
  failed: ".hooks.failed"
}

/** Runs a workflow of one node; how that ended, and what it has logged. */
const run = async (
  pinnace: Pinnace,
  workflow: AnyWorkflow
): Promise<{ readonly end: NodeEnd; readonly log: ReadonlyArray<string> }> => {
  const run = await pinnace.start(workflow as never, undefined as never)
  let end: NodeEnd = errored("Crashed", new Error("The body did not end"))
  for await (const { event } of run.events()) {
    if (event.type === "NodeFinished" && event.path === onlyNode) end = toldBy(event)
  }
  return { end, log: (await run.logs()).map(({ text }) => text) }
}

const toldBy = ({ ending: { output, ...ending } }: Event & { readonly type: "NodeFinished" }): NodeEnd =>
  ending.phase === "Succeeded" ? succeeded(JSON.stringify(output ?? null)) : ending
