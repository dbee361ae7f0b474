/**
 * Traces, metrics and logs of one run together, through SIGKILL at its commits: what a collector got in all lives of
 * the process, what a scraper is told, and what the log of the file says, belong together.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import process from "node:process"
import { expect, it, onTestFinished } from "vitest"
import { Here } from "../cli/Here.ts"
import { commandLine } from "../sqlite/Child.ts"
import { Collector } from "./Collector.ts"
import { checkRequest } from "./Strict.ts"
import { openMetrics } from "./scraped.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const starter = "b7ad6b7169203331"

/** One life of the app; its output, where it was not killed. */
const life = async (file: string, collector: string, point: string): Promise<string | undefined> => {
  const [program = "", ...args] = [...commandLine("node", "otel/app"), file, collector]
  const child = spawn(program, args, {
    env: { ...process.env, PINNACE_TEST_KILL: point, TRACEPARENT: `00-${traceId}-${starter}-01` },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const [out, [code, signal]] = await Promise.all([text(child.stdout), once(child, "exit")])
  if (signal === "SIGKILL") return undefined
  expect(code).toBe(0)
  return out
}

it("one trace through SIGKILL at every commit, whole once the rest is sent; a scrape and logs beside it", async () => {
  const here = new Here()
  onTestFinished(() => here[Symbol.dispose]())
  const collector = new Collector()
  collector.check = checkRequest
  const url = await collector.open()
  onTestFinished(() => collector.close())
  // Each life but the last is killed when a commit is stored and nobody was told of it. With the first commit alone it
  // would never get on: that says that the run goes on.
  let lives = 1
  let scrape = await life(here.db, url, "after:2")
  while (scrape === undefined && lives < 60) {
    lives++
    scrape = await life(here.db, url, `after:${2 + lives % 2}`)
  }
  expect(lives).toBeGreaterThan(5)
  expect(collector.faults).toEqual([])

  // No life sends what another one has sent.
  const told = collector.spans.splice(0)
  expect(new Set(told.map(({ spanId }) => spanId)).size).toBe(told.length)
  // What deaths cut off between the disk and the collector is sent later; what was sent is the same.
  for (const run of JSON.parse(await here.ok("list", "-o", "json")) as ReadonlyArray<{ readonly id: string }>) {
    await here.ok("trace", run.id, "--send", `${url}/v1/traces`)
  }
  const all = new Map(collector.spans.map((span) => [span.spanId, span]))
  for (const span of told) expect(span).toEqual(all.get(span.spanId))
  expect(all.size).toBe(collector.spans.length)
  expect(new Set([...all.values()].map((span) => span.traceId))).toEqual(new Set([traceId]))
  expect([...all.values()].filter(({ parentSpanId }) => !all.has(parentSpanId ?? "")).map((it) => it.parentSpanId))
    .toEqual([starter])

  const found = openMetrics(scrape!)
  expect(found.get('pinnace_file_runs{phase="Succeeded"}')).toBe(2)
  expect(collector.metrics.flat().map(({ name }) => name)).toContain("pinnace.run.finished")

  const lines = (await here.ok("logs", "--all", "--json")).trimEnd().split("\n").map((line) => JSON.parse(line))
  expect(lines.length).toBeGreaterThan(4)
  for (const line of lines) {
    expect([line.trace_id, all.has(line.span_id), line.data]).toEqual([traceId, true, { attempt: expect.any(Number) }])
  }
  expect(collector.lines.length).toBeGreaterThan(4)
  for (const line of collector.lines) expect([line.traceId, all.has(line.spanId ?? "")]).toEqual([traceId, true])
})
