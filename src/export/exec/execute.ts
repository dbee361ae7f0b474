/**
 * What one container of an exported workflow does: rebuilds what its node reads, asks the author's functions, runs the
 * body, and answers what the manifest passes on.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { planOf } from "../../engine/life/plans.ts"
import { errored, type NodeEnd, succeeded } from "../../engine/node/NodeEnd.ts"
import { returned, toText } from "../../engine/node/value.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { Json } from "../../run/Event.ts"
import type { AnyTask, AnyWorkflow } from "../../workflow/Definition.ts"
import { exitCodes } from "../policies.ts"
import { indexName, inputName } from "../reads.ts"
import { attempted } from "./attempt.ts"
import { ending } from "./ending.ts"
import type { ExecAnswer, ExecRequest, Verb } from "./ExecRequest.ts"
import { runHandler } from "./handler.ts"
import { boundIn, itemsOf, locate, type Located } from "./located.ts"
import { bindingsOf, endOfStatus, endText, planAt, readEnd } from "./scope.ts"

/** Does what a container is for. Never rejects because of what the author wrote. */
export const execute = async (pinnace: Pinnace, workflow: AnyWorkflow, request: ExecRequest): Promise<ExecAnswer> => {
  const answer = await done(pinnace, workflow, request)
  const isHook = request.verb === "succeeded" || request.verb === "failed"
  // Whatever becomes of a hook, nothing that Argo sees may fail of it.
  return isHook && answer.exitCode !== exitCodes.again ? { ...answer, exitCode: exitCodes.succeeded } : answer
}

const done: Does = async (pinnace, workflow, request) => {
  try {
    return await verbs[request.verb](pinnace, workflow, request)
  } catch (error) {
    const end = errored("Defect", error)
    return { exitCode: exitCodes.defect, outputs: { end: endText(end) }, message: end.message ?? "" }
  }
}

type Does = (pinnace: Pinnace, workflow: AnyWorkflow, request: ExecRequest) => Promise<ExecAnswer> | ExecAnswer

const verbs: Readonly<Record<Verb, Does>> = {
  run: (pinnace, workflow, request) => runBody(pinnace, workflow, request),
  decide: (_, workflow, request) => gave({ run: String(isWanted(locate(workflow, request), request)) }),
  bind: (_, workflow, request) => bind(locate(workflow, request), request),
  items: (_, workflow, request) =>
    gave({ items: JSON.stringify(itemsOf(locate(workflow, request), request).map((_, index) => index)) }),
  collect: (_, workflow, request) => gave({ end: endText(collect(locate(workflow, request), request)) }),
  result: (_, workflow, request) => ending(resultOf(planAt(workflow, request.path), request), undefined, request),
  exit: (...all) => runHandler(...all),
  succeeded: (...all) => runHandler(...all),
  failed: (...all) => runHandler(...all)
}

/** Whether a word is something that a container can do. */
export const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word)

const gave = (outputs: Readonly<Record<string, string>>): ExecAnswer => ({ exitCode: exitCodes.succeeded, outputs })

/** Whether the guard of a node lets it run; a task whose guard throws runs, to say so. */
const isWanted = ({ node, plan }: Located, { parameters }: ExecRequest): boolean => {
  const bindings = bindingsOf(plan, parameters)
  try {
    return node.def.when?.(bindings.of(node), bindings.input) ?? true
  } catch (error) {
    if (node.def.kind === "task") return true
    throw error
  }
}

/** The input of a nested workflow, of a node or of an item. */
const bind = (located: Located, request: ExecRequest): ExecAnswer => {
  const isItem = indexName in request.parameters
  if (!isItem && !isWanted(located, request)) return gave({ run: "false", [inputName]: "null" })
  const { input } = located.node.def.runnable!
  return gave({ run: "true", [inputName]: toText(input, boundIn(located, request)()) })
}

const collect = (located: Located, request: ExecRequest): NodeEnd => {
  const told = JSON.parse(request.parameters["ends"] || "[]") as ReadonlyArray<Json>
  const ends = told.length === 0
    ? itemsOf(located, request).map(() => endOfStatus("Succeeded"))
    : told.map((it) => readEnd(aggregated(it)))
  return succeeded(`[${ends.map(({ text = "null" }) => text).join(",")}]`)
}

/** Argo makes values of texts that are JSON, where it puts them in a list. */
const aggregated = (told: Json): string => typeof told === "string" ? told : JSON.stringify(told)

const resultOf = (plan: Plan, { parameters }: ExecRequest): NodeEnd => {
  const { output, result } = plan.workflow
  return returned(output, result === undefined ? undefined : bindingsOf(plan, parameters).resolve(result))
}

const runBody: Does = (pinnace, workflow, request) => {
  const located = locate(workflow, request)
  const { def } = located.node
  const task = def.runnable as AnyTask
  const over = def.map === undefined ? def : def.map.item
  const bindings = bindingsOf(located.plan, request.parameters)
  const { when } = def
  return attempted(pinnace, workflow, request, {
    task,
    retry: over.retry ?? task.retry,
    timeouts: over.timeouts ?? task.timeouts,
    input: boundIn(located, request),
    when: when === undefined || def.map !== undefined
      ? undefined
      : () => when(bindings.of(located.node), bindings.input)
  })
}

/** The digest by which an image and a manifest know that they are of the same version. */
export const versionOf = (workflow: AnyWorkflow): string => planOf(workflow).digest
