/** Workflows over our API: those of code and of manifests, how their runs went, and how they are started. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import type { Phase } from "../../src/run/Phase.ts"
import type { RunView } from "../../src/run/view.ts"
import { histogram } from "../../src/server/api/histogram.ts"
import { textOf } from "../../src/server/argo/specs.ts"
import { statistics, versions } from "../../src/view/statistics.ts"
import { handler } from "../../src/server/mod.ts"

const token = "a-token-of-the-tests"
const report = workflow("report", { description: "Counts" }, (w) => w.node("work", task("work", { run: () => {} })))
const folder = mkdtempSync(join(tmpdir(), "pinnace-workflows-"))
const head = "apiVersion: argoproj.io/v1alpha1\n"
const body = `templates: [{ name: main, suspend: { duration: "0" } }]`
writeFileSync(
  join(folder, "a.yaml"),
  `${head}kind: WorkflowTemplate
metadata: { name: etl, annotations: { workflows.argoproj.io/description: Loads a day } }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: day, description: Which, value: 1 }, { name: mode, enum: [fast, slow] }] }
  ${body}
---
${head}kind: Workflow
metadata: { generateName: from-etl- }
spec: { workflowTemplateRef: { name: etl }, arguments: { parameters: [{ name: mode, value: slow }] } }
---
${head}kind: WorkflowTemplate
metadata: { name: parts }
spec: { ${body} }
---
${head}kind: Workflow
metadata: { name: report }
spec: { entrypoint: main, ${body} }
`
)
writeFileSync(
  join(folder, "bad.yaml"),
  `${head}kind: Workflow\nmetadata: { name: bad }\nspec: { entrypoint: man, ${body} }\n`
)
writeFileSync(join(folder, "worse.yaml"), "kind: [\n")
const pinnace = await open(":memory:", { workflows: [report] })
const answer = handler(pinnace, { token, templates: { files: [folder] } })
afterAll(async () => {
  await pinnace.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = async <A>(method: string, path: string, body?: object): Promise<A> => {
  const response = await answer(
    new Request(`http://127.0.0.1/pinnace/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...body === undefined ? {} : { body: JSON.stringify(body) }
    })
  )
  return await response.json() as A
}

interface Listed {
  readonly name: string
  readonly kind: string
  readonly canStart: boolean
}

describe("workflows", () => {
  it("are those of code and of manifests; code goes before, and files with mistakes stay listed", async () => {
    const all = await ask<ReadonlyArray<Listed>>("GET", "/workflows?statistics")
    expect(all.map(({ canStart, kind, name }) => `${kind} ${name}${canStart ? "" : ", cannot start"}`)).toEqual([
      "typed report",
      "WorkflowTemplate etl",
      "Workflow from-etl",
      "WorkflowTemplate parts, cannot start",
      "Workflow bad, cannot start",
      "file bad.yaml, cannot start",
      "file worse.yaml, cannot start"
    ])
    expect(all[5]).toMatchObject({ problems: [{ line: 4, message: expect.stringContaining("man") }] })
  })

  it("of manifests take their parameters, also those of the template they refer to", async () => {
    expect(await ask("GET", "/workflows/from-etl")).toMatchObject({
      kind: "Workflow",
      input: {
        properties: {
          day: { type: "string", description: "Which", default: "1" },
          mode: { type: "string", default: "slow" }
        },
        required: ["day", "mode"]
      }
    })
    expect(await ask("GET", "/workflows/report")).toMatchObject({ kind: "typed" })
  })

  it("of manifests are started by their names, with the labels of what they were made from", async () => {
    const started = await ask<{ id: string }>("POST", "/runs", {
      workflow: "etl",
      input: { day: "2", mode: "fast" },
      labels: { team: "a" }
    })
    const run = (await pinnace.get(started.id))!
    await run.outcome()
    expect((await run.status()).labels).toMatchObject({
      team: "a",
      "workflows.argoproj.io/workflow-template": "etl"
    })
    const all = await ask<ReadonlyArray<Listed & { statistics: object }>>("GET", "/workflows?statistics")
    expect(all.filter(({ name }) => name === "etl")).toMatchObject([{ statistics: { of: 1, succeeded: 1 } }])
    expect(await ask("POST", "/runs", { workflow: "etl", input: { mode: "odd" } })).toHaveProperty("message")
    expect(await ask("POST", "/runs", { workflow: "none" })).toMatchObject({ _tag: "NotFound" })
  })

  it("have durations of the runs that succeeded, half and nineteen of twenty of which took no longer", () => {
    const run = (took: number, phase = "Succeeded") =>
      ({ id: `${took}`, phase, createdAt: 0, startedAt: 1_000, finishedAt: 1_000 + took }) as unknown as RunView
    const hundred = Array.from({ length: 100 }, (_, at) => run(at + 1))
    expect(statistics(hundred)).toMatchObject({ of: 100, succeeded: 100, failed: 0, open: 0, p50: 50, p95: 95 })
    expect(statistics([run(7), run(9_000, "Failed"), run(0, "Running")])).toMatchObject({
      succeeded: 1,
      failed: 1,
      open: 1,
      p50: 7,
      p95: 7
    })
    expect(statistics([])).toEqual({ of: 0, succeeded: 0, failed: 0, open: 0, runs: [] })
  })

  it("have a history of runs and of definitions, the newest first, also where only runs tell of them", async () => {
    const row = (id: string, digest: string, phase: Phase, createdAt: number) =>
      ({ id, digest, definition: null, phase, createdAt }) as const
    expect(versions([row("d", "2", "Running", 4), row("c", "2", "Failed", 3), row("b", "1", "Succeeded", 2)])).toEqual([
      { digest: "2", runs: 2, succeeded: 0, failed: 1, first: 3, last: 4, run: "d" },
      { digest: "1", runs: 1, succeeded: 1, failed: 0, first: 2, last: 2, run: "b" }
    ])
    expect(await ask("GET", "/workflows/etl/history")).toMatchObject({
      statistics: { of: 1 },
      versions: [{ runs: 1, digest: expect.any(String) }]
    })
    expect(await ask("GET", "/workflows/none/history")).toMatchObject({ statistics: { of: 0 }, versions: [] })
    expect(await ask("GET", "/workflows/etl")).toMatchObject({ text: expect.stringContaining("name: etl") })
    const secret = "kind: Secret\nmetadata: { name: a }\nstringData: { key: hidden }\n"
    const own = "# Ours\nkind: Workflow\nmetadata: { generateName: a- }\nspec: {}"
    expect(textOf(`${secret}---\n${own}\n---\n${secret}`, "Workflow", "a")).toBe(own)
    expect(textOf(`kind: List\nitems: [${JSON.stringify({ kind: "Workflow" })}]`, "Workflow", "a")).toBe(undefined)
  })

  it("began at times that are told as at most sixty bars of a length that people can read", () => {
    const run = (createdAt: number, phase = "Succeeded") => ({ createdAt, phase }) as unknown as RunView
    expect(histogram([run(61_500), run(61_900, "Error"), run(120_000, "Running")])).toEqual({
      length: 1_000,
      bars: [[61_000, 0, 1, 1], [120_000, 1, 0, 0]]
    })
    for (const span of [1, 59_999, 3_600_000, 86_400_000 * 400]) {
      const { bars, length } = histogram(Array.from({ length: 500 }, (_, at) => run(1e12 + at / 500 * span)))
      expect((bars.at(-1)![0] - bars[0]![0]) / length).toBeLessThan(60)
      expect(bars.reduce((sum, [, open, good, bad]) => sum + open + good + bad, 0)).toBe(500)
    }
    expect(histogram([])).toEqual({ length: expect.any(Number), bars: [] })
  })
})
