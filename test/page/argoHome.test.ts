/** A run with all that manifests have, as the page shows it: types, phases, reasons, names and places as in Argo. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"
import { graphOf } from "../../src/page/graph/model.ts"
import { RunHistory } from "../../src/page/state/RunHistory.ts"
import { verticesOfManifest } from "../../src/view/edges.ts"
import { readRun } from "../../src/view/readRun.ts"
import { sourceOf } from "../../src/view/RunSource.ts"
import { everyNode, type NodeView, type RunView } from "../../src/view/RunView.ts"

const manifest = readFileSync(new URL("argoHome.yaml", import.meta.url), "utf8")

/** One line for each node; tasks that ran side by side by their names. */
const linesOf = (nodes: ReadonlyArray<NodeView>, deep = 0): ReadonlyArray<string> =>
  nodes.toSorted((a, b) => (a.label < b.label ? -1 : 1)).flatMap(({ children, label, message, phase, type }) => [
    `${"  ".repeat(deep)}${label} ${type} ${phase}${message === "" ? "" : `: ${message}`}`,
    ...linesOf(children, deep + 1)
  ])

describe("a run of a manifest", () => {
  let pinnace: Pinnace
  let run: RunView

  beforeAll(async () => {
    pinnace = await open(":memory:")
    const started = await pinnace.start(load(manifest), { parameters: {} }, { id: "home" })
    const ask = "main/entry/group-2/ask"
    await started.waitFor(ask, "waiting")
    await started.signal(ask, { parameters: { answer: "yes" } })
    await started.outcome()
    const history = new RunHistory("home", undefined)
    for await (const it of started.events()) {
      history.add([it])
      if (it.event.type === "RunFinished") break
    }
    run = history.at(history.seq)!
  })
  afterAll(() => pinnace?.close())

  it("has the nodes that Argo's page has, beneath one another as there", () => {
    expect(linesOf(run.nodes).join("\n")).toBe(`home Steps Succeeded
  [0] StepGroup Succeeded
    build DAG Failed
      bad Pod Failed: main: Error (exit code 3)
      flaky Retry Succeeded
        flaky(0) Pod Failed: main: Error (exit code 1)
        flaky(1) Pod Failed: main: Error (exit code 1)
        flaky(2) Pod Succeeded
      kept Pod Succeeded
      locked Pod Succeeded
      many TaskGroup Succeeded
        many(0:a:p) Pod Succeeded
        many(1:a:q) Pod Succeeded
      proceed Skipped Omitted: omitted: depends condition not met
      rescue Retry Succeeded
        rescue(0) Pod Succeeded
      steady Retry Succeeded
        steady(0) Pod Succeeded
  [1] StepGroup Succeeded
    each(0:one) Pod Succeeded
    each(1:two) Pod Succeeded
    hooked Pod Succeeded
      hooked.hooks.running Pod Succeeded
      hooked.onExit Pod Succeeded
    never Skipped Skipped: when 'mon == sun' evaluated false
  [2] StepGroup Succeeded
    ask Suspend Succeeded`)
    expect(linesOf(run.handlers)).toEqual(["home.onExit Pod Succeeded"])
  })

  it("has them in the order in which they began, with the full names of Argo", () => {
    const all = everyNode(run)
    for (const { children } of all) {
      const begun = children.filter(({ type }) => type !== "Skipped").map(({ startedAt }) => startedAt)
      expect(begun).toEqual(begun.toSorted((a, b) => a - b))
    }
    const names = new Set(all.map(({ name }) => name))
    for (
      const name of ["home[0].build.flaky(1)", "home[1].hooked.onExit", "home[0].build.many(1:a:q)", "home.onExit"]
    ) {
      expect(names).toContain(name)
    }
  })

  it("counts what worked, not what was skipped, omitted, or tried again", () => {
    expect([run.phase, run.done, run.total]).toEqual(["Succeeded", 17, 17])
  })

  it("keeps what a task waits for where its one attempt stands in its place", async () => {
    const shown = await Effect.runPromise(readRun(sourceOf(pinnace.engine), "home"))
    const after = new Map(verticesOfManifest(shown!).map((it) => [it.name, it.after]))
    expect(after.get("home[0].build.rescue(0)")).toEqual(["home[0].build.bad"])
    expect(after.get("home[0].build.locked")).toEqual(["home[0].build.steady(0)"])
  })

  it("draws hooks behind their node, groups of steps one behind the other, and the exit handler behind all", () => {
    const { edges, vertices } = graphOf(run, [], new Map(everyNode(run).map(({ name }) => [name, true])))
    const lines = new Set(edges.map(([from, to]) => `${vertices[from]!.id} → ${vertices[to]!.id}`))
    expect(vertices.map(({ id }) => id)).not.toContain("home[0].build.flaky(0)")
    for (
      const line of [
        "home[1].hooked → home[1].hooked.onExit",
        "home[0].build.bad → home[0].build.rescue",
        "home[0].build.steady → home[0].build.locked",
        "home[2].ask → home.onExit"
      ]
    ) expect(lines).toContain(line)
  })
})
