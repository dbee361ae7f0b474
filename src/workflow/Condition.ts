/**
 * Conditions over the outcomes of other nodes: plain data, evaluated
 * by `run/depends.ts`. Words are those of Argo's `depends`.
 */

/** What can be asked of one node. `anySucceeded` and `allFailed` look at the items of a map. */
export type Question = "succeeded" | "failed" | "errored" | "skipped" | "omitted" | "anySucceeded" | "allFailed"

/** A condition over outcomes. */
export type Condition =
  | {
    readonly _tag: "Is"
    readonly node: string
    readonly question: Question
    /** Identity of the workflow being built, to notice conditions that belong to another one. */
    readonly scope?: object
    /** It was asked of a reference, whose errors are known, and not by the name of a node. */
    readonly referred?: true
  }
  | { readonly _tag: "And" | "Or"; readonly conditions: ReadonlyArray<Condition> }
  | { readonly _tag: "Not"; readonly condition: Condition }

/** A condition on references whose nodes may fail a run with typed errors `F`. */
export type ConditionOn<F> = Condition & {
  /** Exists for the type checker only. */
  readonly "~fails": { readonly with: F } | undefined
}

/** The errors of the references that a condition asks about. */
export type FailuresAsked<C> = C extends { readonly "~fails": { readonly with: infer F } | undefined } ? F : never

/** All of the conditions hold. */
export const and = <C extends ReadonlyArray<Condition>>(...conditions: C): ConditionOn<FailuresAsked<C[number]>> =>
  typed({ _tag: "And", conditions })

/** At least one of the conditions holds. */
export const or = <C extends ReadonlyArray<Condition>>(...conditions: C): ConditionOn<FailuresAsked<C[number]>> =>
  typed({ _tag: "Or", conditions })

/** The condition does not hold. */
export const not = <C extends Condition>(condition: C): ConditionOn<FailuresAsked<C>> =>
  typed({ _tag: "Not", condition })

const typed = <F>(condition: Condition): ConditionOn<F> => condition as ConditionOn<F>

/** The names of all nodes a condition asks about. */
export const nodesOf = (condition: Condition): ReadonlyArray<string> => {
  switch (condition._tag) {
    case "Is":
      return [condition.node]
    case "Not":
      return nodesOf(condition.condition)
    default:
      return condition.conditions.flatMap(nodesOf)
  }
}

/** The nodes a condition asks about, with the workflow each belongs to. */
export const scopesOf = (condition: Condition): ReadonlyArray<readonly [node: string, scope: object | undefined]> => {
  switch (condition._tag) {
    case "Is":
      return [[condition.node, condition.scope]]
    case "Not":
      return scopesOf(condition.condition)
    default:
      return condition.conditions.flatMap(scopesOf)
  }
}

/** The nodes a condition asks about through references. */
export const referredIn = (condition: Condition): ReadonlyArray<string> => {
  switch (condition._tag) {
    case "Is":
      return condition.referred === true ? [condition.node] : []
    case "Not":
      return referredIn(condition.condition)
    default:
      return condition.conditions.flatMap(referredIn)
  }
}
