/** Spans as JSON of OTLP 1, as text: each span is encoded once, when it ends. */
import type { Attribute, Attributes, SpanRecord } from "../trace/SpanRecord.ts"

const kinds = { internal: 1, client: 3, producer: 4, consumer: 5 } as const

/** A value as the protocol has it. */
export const valueOf = (value: Attribute) => {
  if (typeof value === "string") return { stringValue: value }
  if (typeof value === "boolean") return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Attributes as the protocol has them. */
export const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

/** An instant as the protocol has it. */
export const nanos = (millis: number): string => `${Math.round(millis * 1_000)}000`

/** Many spans begin and end in the same milliseconds. */
class Instants {
  #millis = 0
  #text = ""

  of(millis: number): string {
    if (millis !== this.#millis || this.#text === "") this.#text = nanos(this.#millis = millis)
    return this.#text
  }
}

const [starts, ends] = [new Instants(), new Instants()]

/** A span as the text of its JSON; put together from parts, as there is one for each node. */
export const encodeSpan = (span: SpanRecord): string => {
  const { endedAt, events, failure, kind, links, name, parentSpanId, spanId, startedAt, traceId } = span
  const parent = parentSpanId === undefined ? "" : `"parentSpanId":"${parentSpanId}",`
  const rest = events.length + links.length === 0 && failure === undefined
    ? `"events":[],"links":[],"status":{}`
    : JSON.stringify(restOf(span)).slice(1, -1)
  return `{"traceId":"${traceId}","spanId":"${spanId}",${parent}"flags":1,"name":${JSON.stringify(name)},"kind":${
    kinds[kind]
  },"startTimeUnixNano":"${starts.of(startedAt)}","endTimeUnixNano":"${ends.of(endedAt)}","attributes":[${
    attributesText(span.attributes)
  }],${rest}}`
}

const attributesText = (attributes: Attributes): string => {
  let text = ""
  for (const key in attributes) text += `${text === "" ? "" : ","}${headOf(key).with(attributes[key]!)}`
  return text
}

/** An attribute as text: most have the value that they had in the span before. */
class Head {
  readonly #text: string
  #value: Attribute | undefined
  #whole = ""

  constructor(key: string) {
    this.#text = `{"key":${JSON.stringify(key)},"value":`
  }

  with(value: Attribute): string {
    if (value !== this.#value) {
      this.#value = value
      this.#whole = `${this.#text}${valueText(value)}}`
    }
    return this.#whole
  }
}

/** Names of attributes are few, but an app may bring its own. */
const heads = new Map<string, Head>()
const mostHeads = 1_000

const headOf = (key: string): Head => {
  const known = heads.get(key)
  if (known !== undefined) return known
  const head = new Head(key)
  if (heads.size < mostHeads) heads.set(key, head)
  return head
}

const valueText = (value: Attribute): string =>
  typeof value === "string" ? `{"stringValue":${JSON.stringify(value)}}` : JSON.stringify(valueOf(value))

const restOf = (span: SpanRecord): object => ({
  events: span.events.map(({ at, attributes, name }) => ({
    name,
    timeUnixNano: nanos(at),
    attributes: attributesOf(attributes)
  })),
  links: span.links.map(({ attributes, spanId, traceId }) => ({
    traceId,
    spanId,
    attributes: attributesOf(attributes)
  })),
  status: span.failure === undefined ? {} : { code: 2, message: span.failure }
})

/** What stands before the spans in the body of a request. */
export const requestHead = (resource: Attributes): string =>
  `{"resourceSpans":[{"resource":${JSON.stringify({ attributes: attributesOf(resource) })},` +
  `"scopeSpans":[{"scope":{"name":"pinnace"},"spans":[`

/** What stands after them; between two is a comma. */
export const requestTail = "]}]}]}"

/** The body of a request with encoded spans. */
export const encodeRequest = (resource: Attributes, spans: ReadonlyArray<string>): string =>
  `${requestHead(resource)}${spans.join(",")}${requestTail}`
