/** Looking at a workflow without running it: its mistakes, its graph, a drawing. */
import * as Result from "effect/Result"
import { planOf } from "../engine/life/plans.ts"
import { compile } from "../plan/compile.ts"
import { type PlanJson, toJson } from "../plan/drawing.ts"
import type { Issue } from "../plan/Issue.ts"
import { toMermaid } from "../plan/mermaid.ts"
import { admitOne, defined } from "../workflow/admit.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { type Fields, fieldsOf } from "../workflow/form.ts"
import type { Runnable } from "../workflow/Runnable.ts"

/** Any workflow, whatever its types. */
export type SomeWorkflow = Runnable<never, unknown, unknown, unknown> & { readonly _tag: "Workflow" }

const erase = (workflow: SomeWorkflow): AnyWorkflow => {
  admitOne("what is looked at", workflow, defined("Workflow"))
  return workflow as unknown as AnyWorkflow
}

/** The fields of a workflow's input; `undefined` where it may have any, or is not an object. */
export const inputFieldsOf = (workflow: SomeWorkflow): Fields | undefined => fieldsOf(erase(workflow).input)

/** Every mistake in a workflow, all at once; empty when it can run. */
export const check = (workflow: SomeWorkflow): ReadonlyArray<Issue> => {
  const compiled = compile(erase(workflow))
  return Result.isFailure(compiled) ? compiled.failure : []
}

/** The graph of a workflow as JSON, nested workflows included; throws `InvalidWorkflow` when it has mistakes. */
export const graph = (workflow: SomeWorkflow): PlanJson => toJson(planOf(erase(workflow)))

/** A Mermaid flowchart of a workflow; throws `InvalidWorkflow` when it has mistakes. */
export const draw = (workflow: SomeWorkflow): string => toMermaid(planOf(erase(workflow)))
