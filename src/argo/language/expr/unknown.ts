/** Functions that do not exist, found before anything is evaluated. */
import { didYouMean } from "../../document/decode/didYouMean.ts"
import type { Ast } from "./Ast.ts"
import { Budget } from "./Budget.ts"
import { builtins } from "./builtins.ts"
import { ExprError } from "./ExprError.ts"
import { iterating } from "./grammar.ts"
import { absent } from "./sprig/absent.ts"
import { sprig } from "./sprig/sprig.ts"

/** The names of all builtins. */
export const builtinNames: ReadonlySet<string> = new Set([
  ...builtins(new Budget(), () => 0).keys(),
  ...Object.keys(iterating)
])

/** The names of all functions of Sprig that are here. */
export const sprigNames: ReadonlySet<string> = new Set([...sprig(new Budget(), () => 0).keys()].map(String))

/** Throws ExprError for the first call of a function by a name that nothing has. */
export const refuseUnknownFunctions = (source: string, ast: Ast): void => {
  for (const node of walk(ast)) {
    if (node._tag !== "Call") continue
    const why = problemOf(node.callee)
    if (why !== undefined) throw new ExprError(source, node.callee.at, why)
  }
}

const problemOf = (callee: Ast): string | undefined => {
  if (callee._tag === "Name") return unknown("", callee.name, builtinNames)
  const name = callee._tag === "Member" ? nameOf(callee) : undefined
  if (name === undefined) return undefined
  return Object.hasOwn(absent, name)
    ? `sprig.${name} is not here: ${absent[name]}`
    : unknown("sprig.", name, sprigNames)
}

/** The name of a function of Sprig that is called. */
const nameOf = ({ property, target }: Ast & { readonly _tag: "Member" }): string | undefined => {
  const isSprig = target._tag === "Name" && target.name === "sprig" && property._tag === "Literal"
  return isSprig && typeof property.value === "string" ? property.value : undefined
}

const unknown = (prefix: string, name: string, known: ReadonlySet<string>): string | undefined => {
  if (known.has(name)) return undefined
  const hint = didYouMean(name, known) || (prefix === "" ? otherwise(name) : "")
  return `unknown name ${prefix}${name}${hint === "" ? "" : `. ${hint}`}`
}

/** A name of Sprig's without its prefix was meant as Sprig's. */
const otherwise = (name: string): string => sprigNames.has(name) ? `Did you mean "sprig.${name}"?` : ""

/** All nodes of a tree, the outer ones first. */
function* walk(ast: Ast): Generator<Ast> {
  const waiting: Array<Ast> = [ast]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    for (const part of Object.values(node)) waiting.push(...parts(part))
  }
}

const parts = (value: unknown): ReadonlyArray<Ast> => {
  if (Array.isArray(value)) return value.flatMap(parts)
  return typeof value === "object" && value !== null && "_tag" in value ? [value as Ast] : []
}
