/** Traces of the command: it goes on in that of its caller, and tells a collector before it ends. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest"
import { task, workflow } from "../../mod.ts"
import { Collector } from "../otel/Collector.ts"
import { Here } from "./Here.ts"

let collector: Collector
beforeEach(async () => {
  collector = new Collector()
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = await collector.open()
  process.env["TRACEPARENT"] = `00-${traceId}-b7ad6b7169203331-01`
})
afterEach(async () => {
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]
  delete process.env["TRACEPARENT"]
  await collector.close()
})

const traceId = "0af7651916cd43dd8448eb211c80319c"
const fails = task("fails", {
  run: () => {
    throw new RangeError("too much")
  }
})
const order = workflow("order", {}, (w) => w.node("fails", fails))

it("programs of a manifest see the span of their node, which a collector gets before the command ends", async () => {
  using here = new Here()
  const file = join(here.folder, "tp.yaml")
  writeFileSync(
    file,
    `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: tp }
spec:
  entrypoint: main
  templates:
    - name: main
      container: { image: busybox, command: [sh, -c], args: ["echo span=$TRACEPARENT"] }
`
  )
  const out = await here.ok("run", file, "--log")
  const spans = collector.spans
  expect(spans.map(({ name }) => name.split(" ")[0])).toEqual(expect.arrayContaining(["start", "run", "node"]))
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
  const [, seen] = new RegExp(`span=00-${traceId}-(\\w{16})-01`).exec(out) ?? []
  expect(spans.filter(({ name }) => name.startsWith("node ")).map(({ spanId }) => spanId)).toContain(seen)
  const lines = (await here.ok("logs", "--all", "--json")).trimEnd().split("\n").map((line) => JSON.parse(line))
  expect(lines).toMatchObject([{ level: "info", workflow: "tp", node: "tp", trace_id: traceId, span_id: seen }])
  expect(await here.ok("logs", "--all", "--level", "warn")).toBe("")
})

it("metrics of a manifest arrive at the collector, and are shown of a run that has ended", async () => {
  using here = new Here()
  const file = join(here.folder, "counted.yaml")
  writeFileSync(
    file,
    `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: counted }
spec:
  entrypoint: main
  templates:
    - name: main
      metrics: { prometheus: [{ name: lines, help: Lines, counter: { value: "{{outputs.result}}" } }] }
      script: { image: busybox, command: [sh], source: "echo 3" }
`
  )
  await here.ok("run", file)
  const sum = collector.metrics.flat().find(({ name }) => name === "argo_workflows_lines")?.["sum"]
  expect(sum.dataPoints).toMatchObject([{ asDouble: 3 }])
  expect(await here.ok("metrics", "@latest")).toBe(
    "# HELP argo_workflows_lines Lines\n# TYPE argo_workflows_lines counter\nargo_workflows_lines 3\n"
  )
})

it("lines of logs are sent beside spans where the variables say so, and kept back where they say that", async () => {
  const says = workflow(
    "says",
    {},
    (w) => w.node("says", task("says", { run: (_: void, { log }) => log("hi", { n: 1 }) }))
  )
  using here = new Here([says])
  await here.ok("run", "says")
  expect(collector.lines.map(({ body, traceId: id }) => [body.stringValue, id])).toEqual([["hi { n: 1 }", traceId]])
  process.env["OTEL_LOGS_EXPORTER"] = "none"
  onTestFinished(() => void delete process.env["OTEL_LOGS_EXPORTER"])
  await here.ok("run", "says")
  expect([collector.lines.length, collector.spans.length > 2]).toEqual([1, true])
})

it("`trace` shows spans of a run that nobody traced, and sends them with ids that stay the same", async () => {
  const url = `${process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]}/v1/traces`
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]
  delete process.env["TRACEPARENT"]
  using here = new Here([order])
  await here.run("run", "order", "--id", "o-1")
  const [title, ...lines] = (await here.ok("trace", "o-1")).split("\n")
  expect(title).toMatch(/^trace [0-9a-f]{32}$/)
  expect(lines).toEqual([
    expect.stringMatching(/^run order +\d.* +RangeError: node "fails" Error: too much$/),
    expect.stringMatching(/^└ node fails +\d.* +RangeError: too much$/),
    ""
  ])
  expect(await here.ok("trace", "o-1", "--send", url)).toBe(`2 spans sent to ${url}\n`)
  const told = JSON.parse(await here.ok("trace", "o-1", "-o", "json")) as ReadonlyArray<{ readonly spanId: string }>
  expect(told.map(({ spanId }) => spanId)).toEqual(collector.spans.map(({ spanId }) => spanId))
  expect(JSON.parse(await here.ok("trace", "o-1", "-o", "otlp")).resourceSpans).toHaveLength(1)
})

it("`trace --send` says so when nobody listens", async () => {
  const url = `${process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]}/v1/traces`
  using here = new Here([order])
  await here.run("run", "order", "--id", "o-1")
  await collector.close()
  const { code, err } = await here.run("trace", "o-1", "--send", url)
  expect([code, err]).toEqual([
    1,
    expect.stringContaining(`${url} did not take 3 spans. Check that an OTLP/HTTP collector`)
  ])
})
