/** Conditions over the outcomes of other nodes: plain data, evaluated by `run/depends.ts`. Words are those of Argo's `depends`. */

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
  }
  | { readonly _tag: "And" | "Or"; readonly conditions: ReadonlyArray<Condition> }
  | { readonly _tag: "Not"; readonly condition: Condition }

/** All of the conditions hold. */
export const and = (...conditions: ReadonlyArray<Condition>): Condition => ({ _tag: "And", conditions })

/** At least one of the conditions holds. */
export const or = (...conditions: ReadonlyArray<Condition>): Condition => ({ _tag: "Or", conditions })

/** The condition does not hold. */
export const not = (condition: Condition): Condition => ({ _tag: "Not", condition })

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
