/** Lines of logs as JSON of OTLP 1, as text. Pure. */
import type { Json } from "../run/Event.ts"
import type { LogRecord } from "../trace/LogRecord.ts"
import type { Attributes } from "../trace/SpanRecord.ts"
import { attributesOf, nanos, valueOf } from "./encode.ts"

/** The protocol's numbers of levels. */
const severities = { debug: 5, info: 9, warn: 13, error: 17 } as const

/** A line as the text of its JSON; its fields are attributes beside those that say where it is from. */
export const encodeLine = ({ at, attributes, data, level, sampled, spanId, text, traceId }: LogRecord): string =>
  JSON.stringify({
    timeUnixNano: nanos(at),
    observedTimeUnixNano: nanos(at),
    severityNumber: severities[level],
    severityText: level.toUpperCase(),
    body: { stringValue: text },
    attributes: [...attributesOf(attributes), ...fieldsBeside(attributes, data)],
    ...(spanId === undefined ? {} : { traceId, spanId, flags: sampled === true ? 1 : 0 })
  })

/** Names are told once: ours are ours. */
const fieldsBeside = (attributes: Attributes, data: LogRecord["data"] = {}) =>
  pairsOf(data).filter(({ key }) => !Object.hasOwn(attributes, key))

const pairsOf = (fields: { readonly [name: string]: Json }) =>
  Object.entries(fields).map(([key, value]) => ({ key, value: anyOf(value) }))

const anyOf = (value: Json): object => {
  if (value === null) return {}
  if (typeof value !== "object") return valueOf(value)
  if (isList(value)) return { arrayValue: { values: value.map(anyOf) } }
  return { kvlistValue: { values: pairsOf(value) } }
}

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

/** What stands before the lines in the body of a request; what stands after them is as for spans. */
export const linesHead = (resource: Attributes): string =>
  `{"resourceLogs":[{"resource":${JSON.stringify({ attributes: attributesOf(resource) })},` +
  `"scopeLogs":[{"scope":{"name":"pinnace"},"logRecords":[`
