/** Conditions of DAG tasks on the results of others: `A.Succeeded && (B.Failed || C)`. */
import type { Call } from "../document/Manifest.ts"

/** What a condition can ask of a task. */
export const results = [
  "Succeeded",
  "Failed",
  "Errored",
  "Skipped",
  "Omitted",
  "Daemoned",
  "AnySucceeded",
  "AllFailed"
] as const

/** A parsed condition. */
export type Depends =
  | { readonly _tag: "Result"; readonly task: string; readonly result: string }
  | { readonly _tag: "Not"; readonly inner: Depends }
  | { readonly _tag: "And" | "Or"; readonly left: Depends; readonly right: Depends }

/** A condition that cannot be read. */
export class DependsError extends Error {
  override readonly name: "DependsError" = "DependsError"
}

/** The condition of a task, or `undefined` when it depends on nothing. Throws DependsError. */
export const dependsOf = (call: Call, find: (task: string) => Call | undefined): Depends | undefined => {
  if (call.depends !== undefined && call.depends.trim() !== "") return parseDepends(call.depends)
  return (call.dependencies ?? []).map((task) => plain(task, find(task))).reduce<Depends | undefined>(
    (left, right) => left === undefined ? right : { _tag: "And", left, right },
    undefined
  )
}

/** A bare name: it succeeded, was skipped or serves; or failed where it may. */
const plain = (task: string, call: Call | undefined): Depends => {
  const asks = ["Succeeded", "Skipped", "Daemoned"]
  if (call?.continueOn?.failed === true) asks.push("Failed")
  if (call?.continueOn?.error === true) asks.push("Errored")
  return asks.map((result): Depends => ({ _tag: "Result", task, result })).reduce((left, right) => ({
    _tag: "Or",
    left,
    right
  }))
}

/** Parses a condition. Throws DependsError. */
const parseDepends = (source: string): Depends => {
  const tokens = source.match(/&&|\|\||[!()]|[A-Za-z0-9_][-\w]*(?:\.[A-Za-z]+)?|\S/g) ?? []
  let at = 0
  let depth = 0
  const binary = (operator: string, tag: "And" | "Or", next: () => Depends) => (): Depends => {
    let left = next()
    while (tokens[at] === operator) {
      at++
      left = { _tag: tag, left, right: next() }
    }
    return left
  }
  const unary = (): Depends => {
    if (++depth > 200) throw new DependsError(`"${source.slice(0, 80)}" is nested deeper than 200`)
    const made = operand()
    depth--
    return made
  }
  const operand = (): Depends => {
    const token = tokens[at++]
    if (token === "!") return { _tag: "Not", inner: unary() }
    if (token === "(") {
      const inner = or()
      if (tokens[at++] !== ")") throw new DependsError(`"${source}" lacks a closing parenthesis`)
      return inner
    }
    if (token === undefined) throw new DependsError(`"${source}" ends too early`)
    if (!/^\w/.test(token)) throw new DependsError(`"${source}" has an unexpected "${token}"`)
    return named(token)
  }
  const and = binary("&&", "And", unary)
  const or = binary("||", "Or", and)
  const made = or()
  if (at < tokens.length) throw new DependsError(`"${source}" has an unexpected "${tokens[at]}"`)
  return made
}

const named = (token: string): Depends => {
  const dot = token.indexOf(".")
  if (dot < 0) return plain(token, undefined)
  return { _tag: "Result", task: token.slice(0, dot), result: token.slice(dot + 1) }
}

/** Every result a condition asks for. */
export const asked = (depends: Depends): ReadonlyArray<{ readonly task: string; readonly result: string }> => {
  if (depends._tag === "Result") return [depends]
  return depends._tag === "Not" ? asked(depends.inner) : [...asked(depends.left), ...asked(depends.right)]
}

/** Whether a condition holds, given what became of each task. */
export const dependsHolds = (depends: Depends, is: (task: string, result: string) => boolean): boolean => {
  switch (depends._tag) {
    case "Result":
      return is(depends.task, depends.result)
    case "Not":
      return !dependsHolds(depends.inner, is)
    case "And":
      return dependsHolds(depends.left, is) && dependsHolds(depends.right, is)
    case "Or":
      return dependsHolds(depends.left, is) || dependsHolds(depends.right, is)
  }
}
