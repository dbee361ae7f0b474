/** Values are read only where somebody asks for them. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import { readRun } from "../../src/view/readRun.ts"
import { type RunSource, sourceOf } from "../../src/view/RunSource.ts"

const work = task("work", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }) => n })
const fails = task("fails", { run: () => Effect.die(new Error("no")) })
const flow = workflow("flow", {}, (w) => {
  w.map("items", [1, 2, 3], work, (n) => ({ n }))
  w.node("last", work, { input: { n: 4 } })
  w.node("bad", fails, {})
})

it("reads how long lists are and what was thrown, and no other event of a node", async () => {
  const engine = new TestEngine()
  const run = await engine.pinnace.start(flow, undefined, { id: "it" })
  await engine.finish(run).catch(() => {})
  const source = sourceOf(engine.pinnace.engine)
  const { key } = (await Effect.runPromise(source.findRun("it")))!
  const read = new Set<number>()
  const watched: RunSource = {
    ...source,
    events: () => Effect.die(new Error("All events were read")),
    eventsAt: (run, seqs) => {
      for (const seq of seqs) read.add(seq)
      return source.eventsAt(run, seqs)
    }
  }
  const view = (await Effect.runPromise(readRun(watched, "it", "none")))!
  expect(view.nodes.map(({ items, path, runs }) => [path, items, runs])).toEqual([
    ["items", 3, "work"],
    ["last", 0, "work"],
    ["bad", 0, "fails"]
  ])
  const events = await Effect.runPromise(source.events(key, 0))
  const told = events.filter(({ seq }) => read.has(seq)).map(({ event }) =>
    `${event.type} ${"path" in event ? event.path : ""}`
  )
  expect(told.sort()).toEqual(["NodeFinished bad", "NodeStarted items"])
  await engine.close()
})
