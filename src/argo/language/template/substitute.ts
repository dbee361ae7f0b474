/** Puts values in the place of tags. Each tag is looked at once: what a value contains stays as it is. */
import { ExprError, Refusal } from "../expr/ExprError.ts"
import { evaluateExpression, tagText } from "../expr/expression.ts"
import { parseTemplate, type Part, type Template } from "./Template.ts"
import type { Variables } from "./Variables.ts"

/** A tag that has no value. */
export class Unresolved extends Error {
  override readonly name: "Unresolved" = "Unresolved"
  /** The tag with its braces. */
  readonly tag: string

  constructor(tag: string, why: string) {
    super(why)
    this.tag = tag
  }
}

/** How tags are replaced. */
export interface Substitution {
  readonly variables: Variables
  /** Milliseconds since the epoch, for `now()`. */
  readonly now: () => number
  /** Whether tags without a value stay in the text instead of being refused. Default false. */
  readonly lenient?: boolean
}

const ours = /^(?:item|retries|(?:item|steps|inputs|outputs|pod|node|workflow|tasks|lastRetry|cronworkflow)\..*)$/

/** Whether a name is one that manifests define; others belong to somebody else's templates and are left alone. */
export const isOurs = (name: string): boolean => ours.test(name)

/** Replaces the tags of one text. Throws Unresolved. */
export const substitute = (source: string, how: Substitution): string => {
  if (!source.includes("{{")) return source
  return render(parseTemplate(source), how)
}

const render = ({ parts }: Template, how: Substitution): string => parts.map((part) => renderPart(part, how)).join("")

const renderPart = (part: Part, how: Substitution): string => {
  switch (part._tag) {
    case "Text":
      return part.text
    case "Name":
      return named(part, how)
    case "Expression":
      return evaluated(part, how)
    case "Broken":
      if (how.lenient === true) return part.source
      throw new Unresolved(part.source, `failed to resolve ${part.source}: ${part.error.message}`)
  }
}

const named = (part: Part & { readonly _tag: "Name" }, how: Substitution): string => {
  const name = render(part.name, how).trim()
  const value = how.variables.get(name)
  if (value !== undefined) return value
  if (how.lenient === true || !isOurs(name)) return part.source
  throw new Unresolved(part.source, `failed to resolve {{${name}}}`)
}

const evaluated = (part: Part & { readonly _tag: "Expression" }, how: Substitution): string => {
  try {
    const value = evaluateExpression(part.expression, how.variables.tree, { now: how.now })
    if (value !== null) return tagText(value)
    if (how.lenient === true) return part.source
  } catch (error) {
    if (!(error instanceof ExprError || error instanceof Refusal)) throw error
    if (how.lenient === true) return part.source
    throw new Unresolved(part.source, `failed to evaluate expression: ${error.message}`)
  }
  throw new Unresolved(part.source, `failed to evaluate expression ${part.source}: its value is nil`)
}

/** Replaces the tags of every text in a JSON value; structure, keys and other values stay. Throws Unresolved. */
export const substituteAll = <A>(value: A, how: Substitution): A => deep(value, how) as A

const deep = (value: unknown, how: Substitution): unknown => {
  if (typeof value === "string") return substitute(value, how)
  if (Array.isArray(value)) return value.map((item) => deep(item, how))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, how)]))
}
