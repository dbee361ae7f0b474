/** The metrics that manifests ask for: when they are emitted, with which values, and that each is emitted once. */
import { describe, expect, it } from "vitest"
import { metricsOf } from "../../../src/embed/metrics.ts"
import { load } from "../../../src/argo/mod.ts"
import { CustomMetrics } from "../../../src/metrics/CustomMetrics.ts"
import { prometheusText } from "../../../src/metrics/prometheus.ts"
import { Table } from "../../../src/metrics/Table.ts"
import type { EmittedMetric } from "../../../src/run/Event.ts"
import { answersOf } from "../../journal/answers.ts"
import { TestBed } from "../../engine/TestBed.ts"
import { Bed, type Fakes } from "./Bed.ts"

/** What a run has emitted, in order. */
const emitted = (bed: Bed): ReadonlyArray<EmittedMetric> => {
  const { journal } = bed.engine.pinnace.engine.host
  const run = answersOf(journal).findRun(bed.run.id)!
  return answersOf(journal).events(run.key, 0).flatMap(({ event }) =>
    event.type === "MetricsEmitted" ? event.metrics : []
  )
}

const told = (bed: Bed) => emitted(bed).map(({ labels, name, value }) => [name, value, ...Object.values(labels)])

const logged = (bed: Bed) => {
  const { journal } = bed.engine.pinnace.engine.host
  return answersOf(journal).logs(answersOf(journal).findRun(bed.run.id)!.key).map(({ text }) => text)
}

const counter = `{name: c, help: h, labels: [{key: status, value: "{{status}}"}], counter: {value: "1"}}`
const one = (metric: string, more = "") =>
  `entrypoint: main\ntemplates:\n- name: main\n  container: {command: [x]}\n  metrics: {prometheus: [${metric}]}\n${more}`

const ended = async (spec: string, fakes: Fakes = {}): Promise<Bed> => {
  const bed = await new Bed(spec, { main: () => {}, ...fakes }).start()
  await bed.end()
  return bed
}

describe("a template's metrics", () => {
  it("are emitted when its node has ended, whatever became of it", async () => {
    expect(told(await ended(one(counter)))).toEqual([["c", 1, "Succeeded"]])
    expect(told(await ended(one(counter), { main: () => ({ exitCode: 3 }) }))).toEqual([["c", 1, "Failed"]])
  })

  it.each([
    [`{name: c, help: h, when: "{{status}} == Failed", counter: {value: "1"}}`, []],
    [`{name: g, help: h, gauge: {value: "{{exitCode}}"}}`, [["g", 3]]],
    [`{name: g, help: h, gauge: {value: "{{outputs.result}}"}}`, [["g", 42]]],
    [`{name: g, help: h, gauge: {value: "{{=asInt(outputs.result) + 1}}", operation: Add}}`, [["g", 43]]],
    [
      `{name: "a_{{inputs.parameters.v}}", help: h, histogram: {value: "{{inputs.parameters.v}}", buckets: [5, 1]}}`,
      [["a_7", 7]]
    ]
  ])("%s", async (metric, expected) => {
    const spec = one(metric, "  inputs: {parameters: [{name: v, value: 7}]}")
    const fails = metric.includes("exitCode")
    const bed = await ended(spec, { main: () => ({ result: "42", ...(fails ? { exitCode: 3 } : {}) }) })
    expect(told(bed)).toEqual(expected)
  })

  it.each([
    [`{name: c, help: h, counter: {value: x}}`, `the value "x" is not a number`],
    [`{name: c, help: h, counter: {value: "-1"}}`, "a counter only grows"],
    [`{name: "{{inputs.parameters.v}}-", help: h, counter: {value: 1}}`, "letters, digits and _ only"],
    [`{name: c, help: h, when: "1 ==", gauge: {value: 1}}`, "Invalid 'when' expression"]
  ])("that cannot be emitted are told in the log, and fail nothing: %s", async (metric, why) => {
    const bed = await ended(one(metric, "  inputs: {parameters: [{name: v, value: 7}]}"))
    expect([bed.view.phase, told(bed)]).toEqual(["Succeeded", []])
    expect(logged(bed).join("\n")).toContain(why)
  })

  it("are emitted for each attempt that is tried again, and for the node", async () => {
    let times = 0
    const bed = await ended(one(counter, "  retryStrategy: {limit: 3}"), {
      main: () => ({ exitCode: ++times < 3 ? 1 : 0 })
    })
    expect(told(bed)).toEqual([["c", 1, "Failed"], ["c", 1, "Failed"], ["c", 1, "Succeeded"]])
  })

  it("are emitted once, though a death comes between two attempts, and again by a manual retry", async () => {
    let times = 0
    const bed = await new Bed(one(counter, "  retryStrategy: {limit: 1, backoff: {duration: 1h}}"), {
      main: () => ({ exitCode: ++times < 3 ? 1 : 0 })
    }).start()
    await bed.crash()
    await bed.end()
    expect(told(bed)).toEqual([["c", 1, "Failed"], ["c", 1, "Failed"]])
    await bed.retry()
    await bed.end()
    expect(told(bed)).toEqual([["c", 1, "Failed"], ["c", 1, "Failed"], ["c", 1, "Succeeded"]])
  })

  it("are not emitted for what never began", async () => {
    const call = (name: string, more = "") => `[{name: ${name}, template: leaf${more}}]`
    const leaf = `- name: leaf\n  container: {command: [x]}\n  metrics: {prometheus: [${counter}]}`
    const steps = `- name: main\n  steps: [${call("a", ', when: "1 == 2"')}, ${call("b")}]`
    const bed = await new Bed(`entrypoint: main\ntemplates:\n${steps}\n${leaf}`, { leaf: () => {} }).start()
    await bed.end()
    expect(told(bed)).toEqual([["c", 1, "Succeeded"]])
  })
})

describe("a workflow's metrics", () => {
  const whole = (value: string, more = "") =>
    `entrypoint: main\nmetrics: {prometheus: [{name: w, help: h, labels: [{key: status, value: "{{workflow.status}}"}], gauge: {value: "${value}"${more}}}]}\ntemplates:\n- {name: main, container: {command: [x]}}`

  it("are emitted when it has ended", async () => {
    expect(told(await ended(whole("{{workflow.duration}}")))).toEqual([["w", 0, "Succeeded"]])
    expect(told(await ended(whole("2"), { main: () => ({ exitCode: 1 }) }))).toEqual([["w", 2, "Failed"]])
  })

  it("of a run that was stopped are emitted, too", async () => {
    const bed = await new Bed(whole("1"), { main: () => new Promise(() => {}) }).start()
    await bed.run.stop()
    await bed.end()
    expect(told(bed)).toEqual([["w", 1, "Failed"]])
  })
})

describe("an engine that counts", () => {
  const manifest = (metric: string) =>
    load(`kind: Workflow\nmetadata: {name: wf}\nspec:\n${one(metric).replace(/^/gm, "  ")}`, {
      templates: { main: () => {} }
    })

  it("tells what is emitted under Argo's names", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ metrics: true })
    for (let n = 0; n < 2; n++) await bed.play(manifest(counter), { parameters: {} }, pinnace)
    const found = (await metricsOf(pinnace)).filter(({ name }) => name.startsWith("argo_workflows_"))
    expect(found).toEqual([{ name: "argo_workflows_c", type: "counter", labels: { status: "Succeeded" }, value: 2 }])
  })
})

describe("custom metrics in a table", () => {
  const base = { name: "m", help: "h", type: "gauge", labels: {}, value: 5 } as const
  const text = (...all: ReadonlyArray<EmittedMetric>) => {
    const table = new Table()
    const custom = new CustomMetrics(table)
    const refused = all.map((metric) => custom.emit(metric)).filter((why) => why !== undefined)
    return [...prometheusText(table).split("\n").filter((line) => line !== "" && !line.startsWith("#")), ...refused]
  }

  it.each<[string, ReadonlyArray<EmittedMetric>, ReadonlyArray<string>]>([
    ["a gauge is set, raised and lowered", [base, { ...base, operation: "add" }, {
      ...base,
      value: 2,
      operation: "sub"
    }], ["argo_workflows_m 8"]],
    ["a name means one thing", [base, { ...base, type: "counter" }, { ...base, help: "other" }], [
      "argo_workflows_m 5",
      "metric m is a gauge already",
      "metric m has another help text already"
    ]],
    ["series of a name may have different labels", [base, { ...base, labels: { a: "x" } }], [
      "argo_workflows_m 5",
      'argo_workflows_m{a="x"} 5'
    ]],
    ["a histogram has its own buckets", [{ ...base, type: "histogram", buckets: [1, 10] }], [
      'argo_workflows_m_bucket{le="1"} 0',
      'argo_workflows_m_bucket{le="10"} 1',
      'argo_workflows_m_bucket{le="+Inf"} 1',
      "argo_workflows_m_sum 5",
      "argo_workflows_m_count 1"
    ]]
  ])("%s", (_, all, lines) => expect(text(...all)).toEqual(lines))

  it("tell what is read until it is forgotten", () => {
    const table = new Table()
    const custom = new CustomMetrics(table)
    let now = 1
    custom.follow(base, () => now)
    now = 7
    expect(prometheusText(table)).toContain("argo_workflows_m 7\n")
    custom.remove(base)
    expect(prometheusText(table)).toBe("")
  })
})
