/** Spans as a tree: how long each took, and why it failed. Pure. */
import { span as lasting } from "../../run/instant.ts"
import type { Attribute, SpanRecord } from "../../trace/SpanRecord.ts"
import type { Paint } from "./Paint.ts"
import { cut, pad } from "./width.ts"

/** On one line, with the kind of the error before its words. */
const whyOf = (kind: Attribute | undefined, failure: string): string => {
  const words = failure.replaceAll(/\s+/g, " ")
  return kind === undefined || words.startsWith(String(kind)) ? words : `${kind}: ${words}`
}

interface Row {
  readonly label: string
  readonly span: SpanRecord
}

/** The lines of the tree, each at most `columns` wide. */
export const spanTree = (
  spans: ReadonlyArray<SpanRecord>,
  { columns, paint }: { readonly columns: number; readonly paint: Paint }
): ReadonlyArray<string> => {
  const rows = rowsOf(spans, paint.utf8)
  const width = Math.min(Math.max(0, ...rows.map(({ label }) => label.length)), Math.floor(columns * 0.6))
  return rows.map(({ label, span }) => {
    const took = pad(lasting(span.endedAt - span.startedAt), 8)
    const why = span.failure === undefined ? "" : whyOf(span.attributes["error.type"], span.failure)
    const line = cut(`${pad(cut(label, width), width)}  ${took}  ${why}`.trimEnd(), columns)
    return span.failure === undefined ? line : paint.style("red", line)
  })
}

const rowsOf = (spans: ReadonlyArray<SpanRecord>, utf8: boolean): ReadonlyArray<Row> => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(spans, ({ parentSpanId = "" }) => ids.has(parentSpanId) ? parentSpanId : "")
  const marks = utf8 ? { last: "└ ", more: "├ ", line: "│ " } : { last: "`- ", more: "|- ", line: "|  " }
  const gap = " ".repeat(marks.line.length)
  const beneath = (parent: string, indent: string, isRoot: boolean): ReadonlyArray<Row> => {
    const all = (children.get(parent) ?? []).toSorted((a, b) => a.startedAt - b.startedAt)
    return all.flatMap((span, at) => {
      const isLast = at === all.length - 1
      const label = `${indent}${isRoot ? "" : isLast ? marks.last : marks.more}${nameOf(span)}`
      return [{ label, span }, ...beneath(span.spanId, isRoot ? "" : `${indent}${isLast ? gap : marks.line}`, false)]
    })
  }
  return beneath("", "", true)
}

/** Items and attempts have names that say less than their paths and numbers. */
const nameOf = ({ attributes, name }: SpanRecord): string => {
  const path = attributes["pinnace.node.path"]
  if (path === undefined) return name
  const number = attributes["pinnace.attempt"]
  return number === undefined ? `node ${path}` : `attempt ${number}`
}
