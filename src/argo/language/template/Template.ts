/** Text with tags: `{{name}}` and `{{=expression}}`, parsed once. */
import { ExprError } from "../expr/ExprError.ts"
import { compileExpression, type Expression } from "../expr/expression.ts"

/** A piece of a template. */
export type Part =
  | { readonly _tag: "Text"; readonly text: string }
  /** `name` holds templates of its own where a tag is nested in a tag. */
  | { readonly _tag: "Name"; readonly at: number; readonly name: Template; readonly source: string }
  | { readonly _tag: "Expression"; readonly at: number; readonly expression: Expression; readonly source: string }
  /** An expression that does not parse. */
  | { readonly _tag: "Broken"; readonly at: number; readonly error: ExprError; readonly source: string }

/** A parsed template. */
export interface Template {
  readonly source: string
  readonly parts: ReadonlyArray<Part>
}

const known = new Map<string, Template>()

/** Parses text with tags; the same text is parsed once. Never fails: what is not a tag is text. */
export const parseTemplate = (source: string): Template => {
  if (!source.includes("{{")) return { source, parts: source === "" ? [] : [{ _tag: "Text", text: source }] }
  const found = known.get(source)
  if (found !== undefined) return found
  const made = { source, parts: cut(source, 0) }
  if (known.size > 10_000) known.clear()
  known.set(source, made)
  return made
}

const cut = (source: string, nesting: number): ReadonlyArray<Part> => {
  const parts: Array<Part> = []
  let at = 0
  while (at < source.length) {
    const open = source.indexOf("{{", at)
    const tag = open < 0 ? undefined : tagAt(source, open, nesting)
    if (tag === undefined) break
    if (open > at) parts.push({ _tag: "Text", text: source.slice(at, open) })
    parts.push(tag)
    at = open + tag.source.length
  }
  if (at < source.length) parts.push({ _tag: "Text", text: source.slice(at) })
  return parts
}

type Tag = Exclude<Part, { readonly _tag: "Text" }>

const tagAt = (source: string, open: number, nesting: number): Tag | undefined =>
  /^\s*=/.test(source.slice(open + 2, open + 20)) ? expressionAt(source, open) : nameAt(source, open, nesting)

const deepest = 5

const nameAt = (source: string, open: number, nesting: number): Tag | undefined => {
  const close = closing(source, open)
  if (close < 0) return undefined
  const inner = source.slice(open + 2, close)
  const name = nesting < deepest && inner.includes("{{")
    ? { source: inner, parts: cut(inner, nesting + 1) }
    : { source: inner, parts: [{ _tag: "Text", text: inner }] as const }
  return { _tag: "Name", at: open, name, source: source.slice(open, close + 2) }
}

/** Where a tag ends, tags inside it counted. */
const closing = (source: string, open: number): number => {
  let nested = 1
  for (let at = open + 2; at < source.length; at++) {
    if (source.startsWith("{{", at)) {
      nested++
      at++
    } else if (source.startsWith("}}", at)) {
      if (--nested === 0) return at
      at++
    }
  }
  return -1
}

/** Braces may also end a map, so an expression ends at the first `}}` before which it parses. */
const expressionAt = (source: string, open: number): Tag | undefined => {
  const start = source.indexOf("=", open) + 1
  let failure: { readonly error: ExprError; readonly close: number } | undefined
  for (let close = source.indexOf("}}", start), tries = 0; close >= 0 && tries < 20; tries++) {
    try {
      const expression = compileExpression(source.slice(start, close))
      return { _tag: "Expression", at: open, expression, source: source.slice(open, close + 2) }
    } catch (error) {
      if (!(error instanceof ExprError)) throw error
      failure ??= { error, close }
    }
    close = source.indexOf("}}", close + 1)
  }
  if (failure === undefined) return undefined
  return { _tag: "Broken", at: open, error: failure.error, source: source.slice(open, failure.close + 2) }
}
