/** What an engine counts, and what it tells of the state file. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import { Schema, semaphore, task, workflow } from "../../mod.ts"
import { metricsOf, type MetricView, prometheus } from "../../src/embed/metrics.ts"
import { asked, counted } from "../../src/metrics/definitions.ts"
import { metricName } from "../../src/metrics/NodeSeries.ts"
import { Numbers } from "../../src/metrics/Numbers.ts"
import { Pending } from "../../src/metrics/Pending.ts"
import { prometheusText } from "../../src/metrics/prometheus.ts"
import { Table } from "../../src/metrics/Table.ts"
import { TestBed } from "../engine/TestBed.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

const gate = semaphore("gate", { limit: 1 })
const work = task("work", {
  input: Schema.Number,
  errors: [Busy],
  retry: { limit: 3 },
  permits: [gate.take()],
  run: (n, { attempt }) => attempt <= n ? Effect.fail(new Busy()) : Effect.delay(Effect.void, "1 minute")
})
const order = workflow("order", {}, (w) => w.map("parts", [0, 1], work, (n) => n))

/** The value of a series; of a histogram how many it observed. */
const valueOf = (views: ReadonlyArray<MetricView>, name: string, labels: Readonly<Record<string, string>>) => {
  const isIt = (view: MetricView) =>
    view.name === name && Object.entries(labels).every(([k, v]) => view.labels[k] === v)
  const found = views.filter(isIt)
  return found.length === 0 ? undefined : found.reduce((sum, { count, value }) => sum + (count ?? value), 0)
}

/** The text as what a scraper makes of it: values by series. */
const scraped = (text: string): ReadonlyMap<string, number> => {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type]) => [name, type]))
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [, name = "", labels = "", value] = /^([a-z_]+)(\{.*\})? (\S+)$/.exec(line)!
    const family = name.replace(/_(bucket|sum|count)$/, "")
    expect(types.has(name) || types.get(family) === "histogram", line).toBe(true)
    return [`${name}${labels}`, Number(value)] as const
  })
  expect(new Set(series.map(([key]) => key)).size).toBe(series.length)
  return new Map(series)
}

describe("metrics of an engine", () => {
  it("count runs, nodes, retries and waits by names that are few", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ metrics: true })
    await bed.play(order, undefined, pinnace)
    const views = await metricsOf(pinnace)
    expect(valueOf(views, "pinnace_run_started_total", { workflow: "order" })).toBe(1)
    expect(valueOf(views, "pinnace_run_finished_total", { workflow: "order", phase: "Succeeded" })).toBe(1)
    expect(valueOf(views, "pinnace_node_duration_seconds", { node: "parts[]", phase: "Succeeded" })).toBe(2)
    expect(valueOf(views, "pinnace_attempt_retries_total", { node: "parts[]", error: "Busy" })).toBe(1)
    expect(valueOf(views, "pinnace_permit_wait_seconds", { node: "parts[]" })).toBeGreaterThan(0)
    expect(valueOf(views, "pinnace_file_runs", { phase: "Succeeded" })).toBe(1)
    expect(valueOf(views, "pinnace_permit_limit", { semaphore: "gate" })).toBe(1)
    const waited = views.find(({ name }) => name === "pinnace_permit_wait_seconds")!
    expect(waited.value).toBeGreaterThanOrEqual(59)
  })

  it("count what a death cut off once, in the process that goes on", async () => {
    const bed = new TestBed()
    const slow = task("slow", { run: () => Effect.delay(Effect.void, "1 minute") })
    const one = workflow("one", {}, (w) => w.node("slow", slow))
    const first = bed.open({ metrics: true, workflows: [one] })
    const { id } = await bed.settle(first.start(one))
    await bed.until(async () => (await (await first.get(id))!.nodes()).some(({ phase }) => phase === "Running"))
    await bed.quiet()
    bed.crash(first)
    const second = bed.open({ metrics: true, workflows: [one] })
    await bed.ended((await second.get(id))!)
    const views = await metricsOf(second)
    expect(valueOf(views, "pinnace_attempt_reruns_total", { node: "slow" })).toBe(1)
    expect(valueOf(views, "pinnace_run_finished_total", { workflow: "one" })).toBe(1)
    expect(valueOf(views, "pinnace_run_started_total", { workflow: "one" })).toBeUndefined()
  })

  it("are text that a scraper reads; phases add up to the runs there are", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ metrics: true })
    for (let n = 0; n < 3; n++) await bed.play(order, undefined, pinnace)
    await bed.settle(pinnace.start(order))
    const text = await prometheus(pinnace)
    const found = scraped(text)
    const phases = [...found].filter(([name]) => name.startsWith("pinnace_file_runs{"))
    expect(phases.reduce((sum, [, value]) => sum + value, 0)).toBe(4)
    const [count, infinite] = ["count", "bucket"].map((part) =>
      [...found].filter(([name]) => name.startsWith(`pinnace_run_duration_seconds_${part}{`)).at(-1)![1]
    )
    expect([count, infinite]).toEqual([3, 3])
  })

  it("put the labels of a node together once, however many items have its name", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ metrics: true })
    const { numbers } = pinnace.engine.host
    const at = vi.spyOn(numbers!.table, "at")
    const easy = task("easy", { input: Schema.Number, run: () => {} })
    const many = workflow("many", {}, (w) => w.map("parts", Array.from({ length: 200 }, (_, n) => n), easy, (n) => n))
    await bed.play(many, undefined, pinnace)
    const asked = at.mock.calls.map(([metric, values]) => [metric.name, ...values].join(" "))
    expect(valueOf(await metricsOf(pinnace), "pinnace_node_duration_seconds", { node: "parts[]" })).toBe(200)
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted())
  })

  it("of more nodes than a metric has series count for _other", () => {
    const numbers = new Numbers()
    const { reused } = numbers.nodes.of("wide")
    for (let n = 0; n < 3_000; n++) for (const _ of [1, 2]) reused.of(`n${n}`).value++
    const [, series] = numbers.table.all[0]!
    expect(series).toHaveLength(2_001)
    expect(series.at(-1)).toMatchObject({ values: ["_other", "_other"], value: 2_000 })
    expect(series.slice(0, -1).every(({ value }) => value === 2)).toBe(true)
  })

  it("of facts in flight count in their order, each once, and nothing before it is durable", () => {
    const { nodes, table } = new Numbers()
    const pending = new Pending()
    const { permitWait, reruns } = nodes.of("w")
    const noted = Array.from({ length: 20_000 }, (_, n) => {
      if (n % 3 > 0) pending.add(reruns.of("a"))
      if (n % 3 > 1) pending.add(permitWait.of("a"), 1_000)
      return pending.isNoted()
    })
    expect(noted.slice(0, 3)).toEqual([false, true, true])
    const values = () => [reruns.of("a").value, permitWait.of("a").value]
    expect(values()).toEqual([0, 0])
    pending.count()
    expect(values()).toEqual([1, 0])
    pending.count()
    expect(values()).toEqual([2, 1])
    for (let n = 2; n < noted.filter((it) => it).length; n++) pending.count()
    expect([...values(), table.all.length]).toEqual([13_333, 6_666, 2])
    pending.add(reruns.of("a"))
    expect(pending.isNoted()).toBe(true)
    pending.count()
    expect(values()).toEqual([13_334, 6_666])
  })

  it("of more workflows than a metric has series count for _other, too", () => {
    const { nodes } = new Numbers()
    const found = Array.from({ length: 2_500 }, (_, n) => nodes.of(`w${n}`))
    expect(new Set(found).size).toBe(2_001)
    expect(nodes.of("w7")).toBe(found[7])
  })

  it("cost nothing that is not asked for, and still tell of the state file", async () => {
    const bed = new TestBed()
    const pinnace = bed.open()
    await bed.play(order, undefined, pinnace)
    expect(pinnace.engine.host.numbers).toBeUndefined()
    expect((await metricsOf(pinnace)).map(({ name }) => name)).toContain("pinnace_file_runs")
  })
})

describe("a table", () => {
  it("has a bound: what is one too many counts for _other", () => {
    const table = new Table()
    for (let n = 0; n < 3_000; n++) table.add(counted.runsStarted, [`w${n}`])
    const [, series] = table.all[0]!
    expect(series).toHaveLength(2_001)
    expect(series.at(-1)).toMatchObject({ values: ["_other"], value: 1_000 })
  })

  it("keeps no value that is long, such as an error whose name is its message", () => {
    const table = new Table()
    table.add(counted.runsStarted, ["w".repeat(5_000)])
    expect(table.all[0]![1][0]!.values[0]).toHaveLength(256)
  })

  it("tells odd names as the format says", () => {
    const table = new Table()
    table.add(counted.runsStarted, ['a"b\\c\nd'])
    expect(prometheusText(table)).toContain('{workflow="a\\"b\\\\c\\nd"} 1\n')
  })

  it.each([
    [0, "0.005"],
    [5, "0.005"],
    [6, "0.01"],
    [3_600_000, "3600"],
    [9_999_999, "+Inf"],
    [-5, "0.005"]
  ])("puts %d ms into the bucket %s", (millis, bound) => {
    const table = new Table()
    table.observe(counted.runQueue, ["w"], millis)
    const lines = prometheusText(table).split("\n")
    expect(lines.find((line) => line.includes("_bucket") && line.endsWith(" 1"))).toContain(`le="${bound}"`)
  })
})

it.each([
  ["a/b", "a/b"],
  ["m[7]/x", "m[]/x"],
  ["a#2/b", "a/b"],
  ["m[a%2fb][3].onExit", "m[][].onExit"]
])("the name of %s in metrics is %s", (path, name) => expect(metricName(path)).toBe(name))

it("the page of metrics names each one, with its labels", () => {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8")
  for (const { labels, name, type } of Object.values({ ...counted, ...asked })) {
    if (name.startsWith("pinnace_permit_") && type === "gauge") continue
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `))
    expect(row, name).toContain(`| ${type} | ${labels.join(", ")}`)
  }
})
