/** The tags of a text, for checks before anything runs. */
import type { Ast } from "../expr/Ast.ts"
import { parseTemplate, type Part } from "./Template.ts"

/** The tags of a text, tags inside tags included. */
export const tagsIn = (source: string): ReadonlyArray<Exclude<Part, { readonly _tag: "Text" }>> =>
  source.includes("{{") ? parseTemplate(source).parts.flatMap(inner) : []

const inner = (part: Part): ReadonlyArray<Exclude<Part, { readonly _tag: "Text" }>> => {
  if (part._tag === "Text") return []
  return part._tag === "Name" ? [part, ...part.name.parts.flatMap(inner)] : [part]
}

/** The dotted names that an expression reads, as far as they are written out (`a.b['c']`). */
export const namesIn = (ast: Ast): ReadonlyArray<string> => {
  const dotted = dottedName(ast)
  if (dotted !== undefined) return [dotted]
  return childrenOf(ast).flatMap(namesIn)
}

const dottedName = (ast: Ast): string | undefined => {
  if (ast._tag === "Name") return ast.name
  if (ast._tag === "Chain") return dottedName(ast.inner)
  if (ast._tag !== "Member" || ast.property._tag !== "Literal" || typeof ast.property.value !== "string") {
    return undefined
  }
  const target = dottedName(ast.target)
  return target === undefined ? undefined : `${target}.${ast.property.value}`
}

const childrenOf = (ast: Ast): ReadonlyArray<Ast> => {
  switch (ast._tag) {
    case "Literal":
    case "Name":
    case "Pointer":
      return []
    case "Unary":
      return [ast.operand]
    case "Binary":
      return [ast.left, ast.right]
    case "Conditional":
      return [ast.test, ast.then, ast.other]
    case "Member":
      return [ast.target, ast.property]
    case "Chain":
      return [ast.inner]
    case "Slice":
      return [ast.target, ...[ast.from, ast.to].filter((it) => it !== undefined)]
    case "Array":
      return ast.items
    case "Map":
      return ast.pairs.flat()
    case "Let":
      return [ast.value, ast.body]
    case "Iterate":
      return [ast.list, ...[ast.predicate, ast.rest].filter((it) => it !== undefined)]
    case "Call":
      return [...(ast.callee._tag === "Name" ? [] : [ast.callee]), ...ast.args]
  }
}
