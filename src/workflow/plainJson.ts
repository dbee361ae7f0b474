// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * Schemas of values that are their own JSON: texts, numbers and booleans, lists and records of such. Nearly all inputs
 * and outputs are, and a node has three of them: what fits is neither encoded nor decoded.
 *
 * Owns: which schemas these are, and when a value is exactly what they say. Does not own: errors, and all that is not
 * as simple as it looks; that is for the general path.
 */
import * as SchemaAST from "effect/SchemaAST"

/**
 * Whether `JSON.stringify` of a value gives what its schema records of it, and `JSON.parse` of that the value again:
 * it has the fields that its schema names, in that order, and nothing else. False says nothing.
 */
export type Fits = (value: any) => boolean

/** The test for values of a schema; `undefined` where the general path is needed for all. */
export const fitsOf = (ast: SchemaAST.AST): Fits | undefined => {
  if (ast.encoding !== undefined || ast.context?.constructorDefault !== undefined) return undefined
  switch (ast._tag) {
    case "String":
      return checked(ast, (value) => typeof value === "string")
    case "Boolean":
      return checked(ast, (value) => typeof value === "boolean")
    case "Number":
      return checked(ast, Number.isFinite)
    case "Null":
      return checked(ast, (value) => value === null)
    case "Literal":
      return typeof ast.literal === "bigint" ? undefined : checked(ast, (value) => value === ast.literal)
    case "Arrays":
      return isPlain(ast) ? listOf(ast) : undefined
    case "Objects":
      return isPlain(ast) ? recordOf(ast) : undefined
    default:
      return undefined
  }
}

/** Whether nothing is asked of it as a whole. */
const isPlain = (ast: SchemaAST.Arrays | SchemaAST.Objects): boolean =>
  ast.checks === undefined && ast.encodingChecks === undefined

const checked = (ast: SchemaAST.AST, is: Fits): Fits => {
  const filters = ast.checks?.flatMap(filtersOf)
  if (filters === undefined) return is
  return (value) => {
    if (!is(value)) return false
    for (const { run } of filters) if (run(value, ast, {}) !== undefined) return false
    return true
  }
}

const filtersOf = (check: SchemaAST.Check<any>): ReadonlyArray<SchemaAST.Filter<any>> =>
  check._tag === "Filter" ? [check] : check.checks.flatMap(filtersOf)

const listOf = ({ elements, rest }: SchemaAST.Arrays): Fits | undefined => {
  const [every, ...tail] = rest
  const fits = every === undefined || elements.length + tail.length > 0 ? undefined : fitsOf(every)
  if (fits === undefined) return undefined
  return (value) => {
    if (!Array.isArray(value) || "toJSON" in value) return false
    for (let at = 0; at < value.length; at++) if (!fits(value[at])) return false
    return true
  }
}

const recordOf = ({ indexSignatures, propertySignatures }: SchemaAST.Objects): Fits | undefined => {
  const names = propertySignatures.map(({ name }) => name)
  const fields = propertySignatures.map(({ type }) => SchemaAST.isOptional(type) ? undefined : fitsOf(type))
  if (names.length === 0 || indexSignatures.length > 0 || !names.every(isOwnName) || fields.includes(undefined)) {
    return undefined
  }
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value) || "toJSON" in value) return false
    let at = 0
    for (const name in value) {
      if (name !== names[at] || !Object.hasOwn(value, name) || !fields[at]!(value[name])) return false
      at++
    }
    return at === names.length
  }
}

/** Not a name that has a meaning of its own, or that goes before others wherever it is written. */
const isOwnName = (name: PropertyKey): boolean =>
  typeof name === "string" && name !== "__proto__" && !/^(0|[1-9][0-9]*)$/.test(name)
