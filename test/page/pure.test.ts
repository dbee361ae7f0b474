/** What the page decides without a browser: the filter language, words, rows of the tree, the history of a run. */
import { describe, expect, it } from "vitest"
import { load } from "../../src/argo/mod.ts"
import { matches, parse, withTerm } from "../../src/page/filter/filter.ts"
import { nodeFields } from "../../src/page/filter/nodeFields.ts"
import { runQuery } from "../../src/page/filter/runQuery.ts"
import { quoted } from "../../src/page/parts/quoted.ts"
import { RunHistory } from "../../src/page/state/RunHistory.ts"
import { duration, relative } from "../../src/page/state/words.ts"
import { nextFailure, treeRows } from "../../src/page/views/run/treeRows.ts"
import { wholeText } from "../../src/plan/stored.ts"
import type { Recorded } from "../../src/run/Event.ts"
import { createRun } from "../../src/run/evolveRun.ts"
import { learn, type RunFacts } from "../../src/run/facts.ts"
import { openingOf } from "../../src/view/opening.ts"
import { readOpening } from "../../src/view/readOpening.ts"
import { readRun } from "../../src/view/readRun.ts"
import { sourceOf } from "../../src/view/RunSource.ts"
import * as Effect from "effect/Effect"
import type { NodeView, RunView } from "../../src/view/RunView.ts"
import { gates, staged } from "./scenes.ts"

const node = (path: string, more: Partial<NodeView> = {}): NodeView => ({
  path,
  name: path,
  label: path.split("/").at(-1)!,
  type: "task",
  phase: "Succeeded",
  runs: "work",
  message: "",
  waiting: "",
  attempt: 1,
  attempts: 0,
  startedAt: 1_000,
  finishedAt: 2_000,
  progress: "",
  items: 0,
  children: [],
  ...more
})

const run = (nodes: ReadonlyArray<NodeView>) => ({ nodes, handlers: [] }) as unknown as RunView

describe("the filter language", () => {
  const slow = node("load/pages", { phase: "Failed", attempt: 3, finishedAt: 31_000, waiting: "" })

  it.each([
    ["", true],
    ["pages", true],
    ["PAGES", true],
    ["nothing", false],
    ["-nothing", true],
    ["phase:failed", true],
    ["phase:Error,Failed", true],
    ["-phase:Failed", false],
    ["took:>10s", true],
    ["took:<10s", false],
    ["attempt:>1", true],
    ["attempt:3", true],
    ["in:load", true],
    ["runs:work pages", true],
    ["waits:permit", false],
    ["unknown:1", false],
    ['"load/pages"', true]
  ])("%s", (text, fits) => expect(matches(parse(text), nodeFields(slow, 40_000))).toBe(fits))

  it("changes one condition and leaves the others", () => {
    expect(withTerm("a phase:Failed b", "phase", ["Running"])).toBe("a b phase:Running")
    expect(withTerm("a phase:Failed", "phase", [])).toBe("a")
  })

  it("asks the server for runs, and says what is wrong", () => {
    const asked = runQuery("nightly phase:failed,error workflow:Report label:team=blue -label:old")
    expect("query" in asked && Object.fromEntries(asked.query)).toEqual({
      text: "nightly",
      phase: "Failed,Error",
      workflow: "Report",
      labels: "team=blue,!old"
    })
    const between = runQuery(withTerm("a", "after", ["2026-11-29T01:00:00.000Z"]))
    expect("query" in between && Object.fromEntries(between.query)).toEqual({
      text: "a",
      createdAfter: String(Date.UTC(2026, 10, 29, 1))
    })
    expect(runQuery("phase:broken")).toEqual({ wrong: expect.stringContaining("Succeeded") })
    expect(runQuery("took:>1s")).toEqual({ wrong: expect.stringContaining("phase:") })
    expect(runQuery("after:soon")).toEqual({ wrong: expect.stringContaining("2026-11-01") })
  })
})

describe("the rows of a tree", () => {
  const items = Array.from({ length: 80 }, (_, at) => node(`m[${at}]`, at === 70 ? { phase: "Failed" } : {}))
  const map = node("m", { type: "map", phase: "Failed", children: items })

  it("closes long lists, counts what is in them, and shows failures first", () => {
    const closed = treeRows(run([map]), "", new Map(), 0)
    expect(closed.rows.map((it) => [it.node.path, it.opens, it.counts])).toEqual([
      ["m", "closed", { Succeeded: 79, Failed: 1 }]
    ])
    const open = treeRows(run([map]), "", new Map([["m", true]]), 0)
    expect(open.rows.slice(0, 3).map((it) => it.node.path)).toEqual(["m", "m[70]", "m[0]"])
  })

  it("shows what fits with what is above it, and tells how much it hides", () => {
    const found = treeRows(run([map, node("after")]), "phase:Failed took:<5s m[7", new Map(), 0)
    expect(found.rows.map((it) => [it.node.path, it.isContext])).toEqual([["m", true], ["m[70]", false]])
    expect(found.hidden).toBe(80)
  })

  it("goes from failure to failure, around", () => {
    const rows = treeRows(run([node("a", { phase: "Error" }), map]), "", new Map([["m", true]]), 0).rows
    expect(nextFailure(rows, "", 1)).toBe("a")
    expect(nextFailure(rows, "a", 1)).toBe("m[70]")
    expect(nextFailure(rows, "m[70]", 1)).toBe("a")
    expect(nextFailure(rows, "a", -1)).toBe("m[70]")
  })
})

const asks = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: asks }
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - { name: ask, template: ask }
        - - { name: skipped, template: ask, when: "1 == 2" }
    - name: ask
      suspend: {}
      inputs: { parameters: [{ name: word, value: "yes" }] }
      outputs: { parameters: [{ name: answer, valueFrom: { supplied: {}, default: "no" } }, { name: who, valueFrom: { supplied: {} } }] }
`

const asJson = <A>(value: A): NonNullable<A> => JSON.parse(JSON.stringify(value))

const factsAt = (id: string, [first, ...rest]: ReadonlyArray<Recorded>): RunFacts => {
  if (first?.event.type !== "RunCreated") throw new Error("A run begins with its creation")
  const run = createRun(1, id, first.event, first.at)
  const facts: RunFacts = { rows: { run, nodes: new Map() }, seq: 1, events: new Map([[1, first.event]]) }
  for (const it of rest) learn(facts, it, (event) => event)
  return facts
}

it("what is told of a node while its events are read is not lost", async () => {
  const pinnace = await staged()
  try {
    const source = sourceOf(pinnace.engine)
    const { key } = (await Effect.runPromise(source.findRun("report-2026-11-29")))!
    const events = await Effect.runPromise(source.events(key, 0))
    const history = new RunHistory("report-2026-11-29", undefined)
    history.add(events)
    const path = "pages[2]"
    const own = events.filter(({ event }) => "path" in event && event.path === path)
    for (let at = 1; at < own.length; at++) {
      const before = events.slice(0, own[at]!.seq - 1)
      const opening = asJson(openingOf(factsAt(history.id, before), undefined))
      const going = new RunHistory(history.id, opening)
      going.expect(path)
      going.add(events.slice(before.length))
      expect(going.isTold(path)).toBe(false)
      going.tell(path, own.slice(0, at))
      expect(going.isTold(path)).toBe(true)
      expect(going.values(path)).toEqual(history.values(path))
    }
    expect(own.length).toBeGreaterThan(2)
  } finally {
    for (const { resolve } of gates.values()) resolve()
    await pinnace.close()
  }
})

it("the history of a run comes to what the server shows of it, now and at each event", async () => {
  const pinnace = await staged()
  try {
    const asking = await pinnace.start(load(asks), { parameters: {} }, { id: "asks" })
    for await (const { event } of asking.events()) if (event.type === "NodeWaiting") break
    for (const id of ["report-2026-11-29", "slow-2", "deploy-7", "asks"]) {
      const source = sourceOf(pinnace.engine)
      const row = (await Effect.runPromise(source.findRun(id)))!
      const events = await Effect.runPromise(source.events(row.key, 0))
      const stored = await Effect.runPromise(source.plan(row.digest))
      const history = new RunHistory(id, undefined, stored === undefined ? undefined : wholeText(stored))
      expect(history.add(events.slice(0, 1))).toBe(false)
      expect(history.add(events.slice(2))).toBe(true)
      expect(history.add(events)).toBe(false)
      const served = JSON.parse(JSON.stringify(await Effect.runPromise(readRun(source, id))))
      expect(JSON.parse(JSON.stringify(history.at()))).toMatchObject({ nodes: served.nodes, phase: served.phase })
      for (let seq = events.length; seq > 0; seq -= 2) {
        const then = new RunHistory(id, undefined, history.plan)
        then.add(events.slice(0, seq))
        expect(history.at(seq)).toEqual(then.at())
      }
      const whole = asJson(history.at())
      expect(asJson(new RunHistory(id, asJson(await Effect.runPromise(readOpening(source, id)))).at())).toEqual(whole)
      for (let seq = 1; seq <= events.length; seq++) {
        const going = new RunHistory(id, asJson(openingOf(factsAt(id, events.slice(0, seq)), history.plan)))
        expect(going.isWhole).toBe(false)
        expect(going.add(events.slice(seq + 1))).toBe(seq < events.length - 1)
        expect(going.add(events.slice(seq))).toBe(false)
        expect(asJson(going.at())).toEqual(whole)
        if (seq % 5 > 0) continue
        going.isKept = true
        going.add(events)
        expect(going.isWhole).toBe(true)
        expect(going.at(seq)).toEqual(history.at(seq))
      }
    }
  } finally {
    for (const { resolve } of gates.values()) resolve()
    await pinnace.close()
  }
})

it("says durations and instants as people do, and words as shells take them", () => {
  expect([5, 4_210, 65_000, 7_500_000, 90_000_000].map(duration)).toEqual([
    "5 ms",
    "4.2 s",
    "1 m 05 s",
    "2 h 05 m",
    "1 d 01 h"
  ])
  expect([relative(0, 500), relative(0, 90_000), relative(5_000, 0)]).toEqual(["just now", "2 m ago", "in 5 s"])
  expect(["a-1", "it's", "a b"].map(quoted)).toEqual(["a-1", "'it'\\''s'", "'a b'"])
})
