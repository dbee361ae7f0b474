/** From names to edges: which nodes each node waits for. */
import { type Condition, nodesOf } from "../workflow/Condition.ts"
import type { AnyRef, NodeDef } from "../workflow/Definition.ts"

/** Why a node waits for another one, as sentences name it. */
export type EdgeKind = "needs" | "items" | "after" | "depends"

/** A node another node refers to by name, and through what. */
export interface Mention {
  readonly node: string
  readonly kind: EdgeKind
  /** The name under which a value is read. */
  readonly as?: string
}

/** Every mention of another node in a definition, in the order of writing. */
export const mentionsOf = (def: NodeDef): ReadonlyArray<Mention> => {
  const found: Array<Mention> = []
  for (const as of Object.keys(def.needs)) {
    for (const node of nodesIn(def.needs[as]!)) found.push({ node, kind: "needs", as })
  }
  if (def.map !== undefined) { for (const node of nodesIn(def.map.items)) found.push({ node, kind: "items" }) }
  for (const node of def.after) found.push({ node, kind: "after" })
  if (def.depends !== undefined) { for (const node of nodesOf(def.depends)) found.push({ node, kind: "depends" }) }
  return found
}

/** The nodes a reference reads. */
export const nodesIn = (ref: AnyRef): ReadonlyArray<string> => {
  if (ref.of === "record") return Object.values(ref.fields ?? {}).flatMap(nodesIn)
  return ref.node === undefined ? [] : [ref.node]
}

type Answer = boolean | undefined

/** Whether a condition can hold when `node` succeeded; only a certain "no" is `false`. */
export const allowsSuccess = (condition: Condition, node: string): boolean => given(condition, node) !== false

// Three-valued: what is asked about other nodes is unknown.
const given = (condition: Condition, node: string): Answer => {
  switch (condition._tag) {
    case "Is":
      return condition.node !== node ? undefined : aboutSuccess[condition.question]
    case "Not":
      return negate(given(condition.condition, node))
    case "And":
      return all(condition.conditions.map((one) => given(one, node)))
    case "Or":
      return negate(all(condition.conditions.map((one) => negate(given(one, node)))))
  }
}

// A map that succeeded may have had no item, so `anySucceeded` stays open.
const aboutSuccess: Readonly<Record<Extract<Condition, { _tag: "Is" }>["question"], Answer>> = {
  succeeded: true,
  failed: false,
  errored: false,
  skipped: false,
  omitted: false,
  anySucceeded: undefined,
  allFailed: false
}

const negate = (answer: Answer): Answer => answer === undefined ? undefined : !answer

const all = (answers: ReadonlyArray<Answer>): Answer => {
  if (answers.includes(false)) return false
  return answers.includes(undefined) ? undefined : true
}
