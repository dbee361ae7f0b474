/** `pinnace trace`. */
import * as Effect from "effect/Effect"
import type { SpanRecord } from "../../trace/SpanRecord.ts"
import { spansOf } from "../../trace/RunSpans.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { look } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import { counted } from "../paint/counted.ts"
import { spanTree } from "../paint/spanTree.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json", "otlp"] as const

const trace = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name = ""], flags, shell } = call
    const { id } = await findRun(pinnace, name)
    const spans = await look(pinnace, (source) =>
      Effect.gen(function* () {
        const row = (yield* source.findRun(id))!
        return spansOf(id, yield* source.events(row.key, 0))
      }))
    const url = flags.text("send")
    if (url !== undefined) return await sent(call, url, spans)
    const format = outputOf(call, formats)
    if (format === "json") shell.print(JSON.stringify(spans, null, 2))
    else if (format === "otlp") await printRequest(call, spans)
    else draw(call, id, spans)
    return 0
  })

const draw = ({ shell }: Call, id: string, spans: ReadonlyArray<SpanRecord>): void => {
  if (spans.length === 0) return shell.print(`${id}: nothing has ended yet, so there is no span`)
  // Each manual retry is a trace of its own.
  for (const [traceId, own] of Map.groupBy(spans, (span) => span.traceId)) {
    shell.print(shell.paint.bold(`trace ${traceId}`))
    spanTree(own, shell).forEach((line) => shell.print(line))
  }
}

const printRequest = async ({ shell }: Call, spans: ReadonlyArray<SpanRecord>): Promise<void> => {
  const { encodeRequest, encodeSpan } = await import("../../otel/encode.ts")
  const { otlpTarget } = await import("../../otel/environment.ts")
  shell.print(encodeRequest(otlpTarget().resource, spans.map(encodeSpan)))
}

const sent = async ({ shell }: Call, url: string, spans: ReadonlyArray<SpanRecord>): Promise<number> => {
  if (!URL.canParse(url)) throw new Usage(`--send ${url}: give an address such as http://localhost:4318/v1/traces`)
  const { otlp } = await import("../../otel/mod.ts")
  const sink = otlp({ url })
  sink.emit(spans)
  await sink.flush()
  if (sink.dropped === 0) shell.print(`${counted(sink.sent, "span")} sent to ${url}`)
  else {shell.complain(
      `${url} did not take ${counted(sink.dropped, "span")}. Check that an OTLP/HTTP collector listens there`
    )}
  return sink.dropped === 0 ? 0 : 1
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN",
  about:
    "Shows the spans of a run, as a tracer is told of them: one for the run, each node, and each attempt where there was more than one. They are computed from the record, so this works for runs that nobody traced, and the ids are those that were sent. --send gives them to a collector, for example when it was not there.",
  takes: [1, 1],
  options: {
    output: outputOption(formats),
    send: { type: "string", value: "URL", about: "Send them to a collector of OpenTelemetry" }
  },
  examples: [
    ["trace @latest", "where the time of the newest run went, as spans"],
    ["trace @latest --send http://localhost:4318/v1/traces", "give them to a collector"]
  ],
  run: trace
}
