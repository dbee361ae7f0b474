/** Compiles each workflow value once. */
import * as Result from "effect/Result"
import { compile } from "../../plan/compile.ts"
import { InvalidWorkflow } from "../../plan/Issue.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"

const plans = new WeakMap<AnyWorkflow, Plan>()

/** The plan of a workflow; throws `InvalidWorkflow` with every issue. */
export const planOf = (workflow: AnyWorkflow): Plan => {
  const known = plans.get(workflow)
  if (known !== undefined) return known
  const compiled = compile(workflow)
  if (Result.isFailure(compiled)) throw invalid(workflow, compiled.failure)
  plans.set(workflow, compiled.success)
  return compiled.success
}

const invalid = (workflow: AnyWorkflow, issues: InvalidWorkflow["issues"]): InvalidWorkflow => {
  const lines = issues.map((issue) => `  ${issue.path}: ${issue.message} [${issue.code}]\n    ${issue.hint}`)
  const message = `Workflow "${workflow.name}" cannot run, it has ${issues.length} mistake(s):\n${lines.join("\n")}`
  return new InvalidWorkflow({ workflow: workflow.name, issues, message })
}
