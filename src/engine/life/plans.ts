/** Compiles each workflow value once. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { compile, type Compiled, compiling } from "../../plan/compile.ts"
import { InvalidWorkflow } from "../../plan/Issue.ts"
import { nodesAtOnce, type Pieces } from "../../plan/pieces.ts"
import type { Plan } from "../../plan/Plan.ts"
import { storedText, storing } from "../../plan/stored.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"

const plans = new WeakMap<AnyWorkflow, Plan>()
/** Of plans that are about to be stored, where that takes more than one piece. */
const texts = new WeakMap<Plan, string>()

/** The plan of a workflow; throws `InvalidWorkflow` with every issue. */
export const planOf = (workflow: AnyWorkflow): Plan => {
  const known = plans.get(workflow)
  if (known !== undefined) return known
  return taken(workflow, compile(workflow))
}

/** Whether a run of it can be stored without more than a piece of work. */
export const isPlanned = (workflow: AnyWorkflow, isStored: (plan: Plan) => boolean): boolean => {
  const plan = plans.get(workflow)
  return plan !== undefined && isPrepared(plan, isStored)
}

const isPrepared = (plan: Plan, isStored: (plan: Plan) => boolean): boolean =>
  plan.nodes.length < nodesAtOnce || texts.has(plan) || isStored(plan)

/**
 * Does in pieces what `planOf` and `planText` would do at once, and lets others go on between them: 100,000 nodes take
 * the most of a second. A small workflow is done with the first piece. What is wrong with it is told by `planOf`.
 */
export const planned = (workflow: AnyWorkflow, isStored: (plan: Plan) => boolean): Effect.Effect<void> =>
  Effect.suspend(() => {
    const known = plans.get(workflow)
    return known === undefined
      ? piecewise(compiling(workflow), (compiled) => compiledAs(workflow, compiled, isStored))
      : prepared(known, isStored)
  })

const compiledAs = (
  workflow: AnyWorkflow,
  compiled: Compiled,
  isStored: (plan: Plan) => boolean
): Effect.Effect<void> => {
  // Somebody else may have been faster: a workflow has one plan.
  if (Result.isFailure(compiled)) return Effect.void
  return prepared(plans.get(workflow) ?? taken(workflow, compiled), isStored)
}

const prepared = (plan: Plan, isStored: (plan: Plan) => boolean): Effect.Effect<void> =>
  isPrepared(plan, isStored)
    ? Effect.void
    : piecewise(storing(plan), (text) => Effect.sync(() => void texts.set(plan, text)))

const piecewise = <A>(work: Pieces<A>, then: (done: A) => Effect.Effect<void>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const step = work.next()
    return step.done === true ? then(step.value) : Effect.andThen(Effect.yieldNow, piecewise(work, then))
  })

/** The text of a plan for storage, which is asked for once. */
export const planText = (plan: Plan): string => {
  const text = texts.get(plan)
  texts.delete(plan)
  return text ?? storedText(plan)
}

const taken = (workflow: AnyWorkflow, compiled: Compiled): Plan => {
  if (Result.isFailure(compiled)) throw invalid(workflow, compiled.failure)
  plans.set(workflow, compiled.success)
  return compiled.success
}

const invalid = (workflow: AnyWorkflow, issues: InvalidWorkflow["issues"]): InvalidWorkflow => {
  const lines = issues.map((issue) => `  ${issue.path}: ${issue.message} [${issue.code}]\n    ${issue.hint}`)
  const message = `Workflow "${workflow.name}" cannot run, it has ${issues.length} mistake(s):\n${lines.join("\n")}`
  return new InvalidWorkflow({ workflow: workflow.name, issues, message })
}
