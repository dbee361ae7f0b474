/**
 * What OTLP/HTTP with JSON may hold, as its protocol has it: a field that it does not know, a number where a text
 * belongs, or an id of another length is a mistake that a collector answers with 400.
 */

type Check = (value: unknown, at: string) => void

const fail = (at: string, what: string): never => {
  throw new Error(`${at}: ${what}`)
}

const is = (test: (value: unknown) => boolean, what: string): Check => (value, at) => {
  if (!test(value)) fail(at, `${JSON.stringify(value)} is not ${what}`)
}

const text = is((it) => typeof it === "string", "a text")
const flag = is((it) => typeof it === "boolean", "true or false")
const double = is((it) => typeof it === "number" && Number.isFinite(it), "a number")
/** A number of 64 bits is a text in JSON. */
const fixed64 = is((it) => typeof it === "string" && /^\d{1,20}$/.test(it), "a number of 64 bits")
const int64 = is((it) => typeof it === "string" && /^-?\d{1,19}$/.test(it), "a number of 64 bits with its sign")
const uint32 = is(
  (it) => typeof it === "number" && Number.isInteger(it) && it >= 0 && it < 2 ** 32,
  "a number of 32 bits"
)
const oneOf = (most: number): Check =>
  is((it) => Number.isInteger(it) && Number(it) >= 0 && Number(it) <= most, `0 to ${most}`)
const id = (bytes: number): Check =>
  is(
    (it) => typeof it === "string" && new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(it) && !/^0+$/.test(it),
    `an id of ${bytes} bytes`
  )

const list = (each: Check): Check => (value, at) =>
  Array.isArray(value) ? value.forEach((one, index) => each(one, `${at}[${index}]`)) : fail(at, "it is no list")

/** An object with these fields and no other; those of `must` are there. */
const message = (fields: Readonly<Record<string, Check>>, must: ReadonlyArray<string> = []): Check => (value, at) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(at, "it is no object")
  for (const name of must) if (!(name in value)) fail(at, `it has no ${name}`)
  for (const [name, one] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name]! : fail(at, `it has a field ${name}`)
    check(one, `${at}.${name}`)
  }
}

/** Exactly one of these. */
const only = (fields: Readonly<Record<string, Check>>): Check => (value, at) => {
  message(fields)(value, at)
  if (Object.keys(value as object).length !== 1) fail(at, "it has not exactly one value")
}

const attributes = list(message({
  key: text,
  value: only({ stringValue: text, boolValue: flag, intValue: int64, doubleValue: double })
}, ["key", "value"]))

/** Fields of lines may lie in each other; one that is null has no value. */
const anyValue: Check = (value, at) =>
  message({
    stringValue: text,
    boolValue: flag,
    intValue: int64,
    doubleValue: double,
    arrayValue: message({ values: list(anyValue) }),
    kvlistValue: message({ values: list(message({ key: text, value: anyValue }, ["key", "value"])) })
  })(value, at)

const logRecord = message({
  timeUnixNano: fixed64,
  observedTimeUnixNano: fixed64,
  severityNumber: oneOf(24),
  severityText: text,
  body: only({ stringValue: text }),
  attributes: list(message({ key: text, value: anyValue }, ["key", "value"])),
  traceId: id(16),
  spanId: id(8),
  flags: uint32
}, ["timeUnixNano", "body"])

const resource = message({ attributes, droppedAttributesCount: uint32 })
const scope = message({ name: text, version: text, attributes })

const span = message({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8),
  traceState: text,
  flags: uint32,
  name: text,
  kind: oneOf(5),
  startTimeUnixNano: fixed64,
  endTimeUnixNano: fixed64,
  attributes,
  events: list(message({ timeUnixNano: fixed64, name: text, attributes }, ["timeUnixNano", "name"])),
  links: list(message({ traceId: id(16), spanId: id(8), attributes, flags: uint32 }, ["traceId", "spanId"])),
  status: message({ code: oneOf(2), message: text })
}, ["traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano"])

const number = message({
  attributes,
  startTimeUnixNano: fixed64,
  timeUnixNano: fixed64,
  asDouble: double,
  asInt: int64
}, ["timeUnixNano"])
const histogram = message({
  attributes,
  startTimeUnixNano: fixed64,
  timeUnixNano: fixed64,
  count: fixed64,
  sum: double,
  bucketCounts: list(fixed64),
  explicitBounds: list(double)
}, ["timeUnixNano", "count"])

const metric = message({
  name: text,
  description: text,
  unit: text,
  gauge: message({ dataPoints: list(number) }, ["dataPoints"]),
  sum: message({ dataPoints: list(number), aggregationTemporality: oneOf(2), isMonotonic: flag }, [
    "dataPoints",
    "aggregationTemporality"
  ]),
  histogram: message({ dataPoints: list(histogram), aggregationTemporality: oneOf(2) }, [
    "dataPoints",
    "aggregationTemporality"
  ])
}, ["name"])

const request: Check = message({
  resourceLogs: list(message({ resource, scopeLogs: list(message({ scope, logRecords: list(logRecord) })) })),
  resourceSpans: list(message({ resource, scopeSpans: list(message({ scope, spans: list(span) })) })),
  resourceMetrics: list(message({ resource, scopeMetrics: list(message({ scope, metrics: list(metric) })) }))
})

/** Throws where a request is not as the protocol says. */
export const checkRequest = (body: unknown): void => request(body, "request")
