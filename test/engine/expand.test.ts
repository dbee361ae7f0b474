/** Nodes that make their graph as they begin: G1 it never changes within an epoch, G2 equal values, equal graphs. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import type { Builder, NodeRef } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

type Target = { readonly name: string; readonly needs: ReadonlyArray<string> }

const targets: ReadonlyArray<Target> = [
  { name: "lib", needs: [] },
  { name: "app", needs: ["lib"] },
  { name: "docs", needs: [] }
]

const make = (given: ReadonlyArray<Target>, run: (name: string) => unknown = (name) => `${name}.o`) => {
  const look = task("look", { run: () => given })
  const compile = task("compile", { input: Schema.String, run: (name) => run(name) as string })
  return workflow("build", {}, (w) =>
    w.expand("targets", w.node("look", look), (found, g) => {
      const nodes = new Map<string, NodeRef<string>>()
      for (const { name, needs } of found) {
        nodes.set(name, g.node(name, compile, { input: name, after: needs.map((need) => nodes.get(need)!) }))
      }
      return { app: nodes.get("app")!, docs: nodes.get("docs")! }
    }))
}

test("A node makes its graph of what another one gave; its nodes are like any others", async () => {
  const bed = new TestBed()
  const { run } = await bed.play(make(targets))
  expect(await bed.settle(run.result())).toEqual({ app: "app.o", docs: "docs.o" })
  expect(Object.keys(await phases(run)).sort()).toEqual([
    "look",
    "targets",
    "targets/app",
    "targets/docs",
    "targets/lib"
  ])
})

test("G1 The graph is the same at whichever commit the process dies; nothing runs twice", async () => {
  const straight = new TestBed()
  await straight.play(make(targets))
  for (let at = 2; at <= straight.disk.groups; at++) {
    const bed = new TestBed()
    const first = bed.open({ workflows: [make(targets)] })
    const { id } = await bed.settle(first.start(make(targets)))
    bed.disk.fault = ({ group }) => group === at ? { what: "kill", when: "after" } : undefined
    await bed.until(() => bed.isDead(first) || bed.isIdle)
    bed.disk.fault = undefined
    bed.crash(first)
    const run = (await bed.settle(bed.open({ workflows: [make(targets)] }).get(id)))!
    expect(await bed.settle(run.result())).toEqual({ app: "app.o", docs: "docs.o" })
    await bed.ended(run)
  }
})

test("G1 A function that makes another graph of the same value fails the node; a retry expands it anew", async () => {
  const bed = new TestBed()
  const one = (names: ReadonlyArray<string>) =>
    workflow("build", {}, (w) =>
      w.expand("targets", w.node("look", task("look", { run: () => 1 })), (_, g) => {
        for (const name of names) g.node(name, task("slow", { run: () => Effect.sleep("1 hour") }))
      }))
  const first = bed.open({ workflows: [one(["a"])] })
  const { id } = await bed.settle(first.start(one(["a"])))
  await bed.until(async () => (await phases((await bed.settle(first.get(id)))!))["targets/a"] === "Running")
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.settle(bed.open({ workflows: [one(["a", "b"])] }).get(id)))!
  await bed.settle(run.ending())
  expect(await nodeOf(run, "targets")).toMatchObject({
    phase: "Error",
    reason: "BadInput",
    message: expect.stringContaining("Its graph cannot be made: its code makes another one now")
  })
  await bed.settle(run.retry())
  expect((await bed.settle(run.ending())).phase).toBe("Succeeded")
  expect(await phases(run)).toMatchObject({ "targets": "Succeeded", "targets/b": "Succeeded" })
})

test("G2 Equal values give equal graphs, whatever the order of their fields", async () => {
  const bed = new TestBed()
  const graphOf = async (given: ReadonlyArray<Target>) => {
    const { run } = await bed.play(make(given))
    return (await nodeOf(run, "targets")).input as { graph: string }
  }
  const turned = targets.map(({ name, needs }) => ({ needs, name }))
  expect((await graphOf(targets)).graph).toBe((await graphOf(turned)).graph)
  expect((await graphOf(targets)).graph).not.toBe((await graphOf([...targets, { name: "x", needs: [] }])).graph)
})

test("Mistakes of the graph fail the node with all of them; a failure in it fails it, and is retried alone", async () => {
  const bed = new TestBed()
  const wrong = workflow(
    "wrong",
    {},
    (w) =>
      w.expand(
        "bad",
        w.node("look", task("look", { run: () => 1 })),
        (_, g: Builder<number, unknown, unknown, never>) => {
          const nothing = task("nothing", { run: () => 1 })
          g.node("a/b", nothing)
          g.node("twice", nothing)
          g.node("twice", nothing)
        }
      )
  )
  const run = await bed.settle(bed.open().start(wrong))
  expect(await bed.ended(run)).toMatchObject({ phase: "Error" })
  const { message } = await nodeOf(run, "bad")
  expect(message).toMatch(/^Its graph cannot be made: /)
  expect(message).toContain('bad/a/b: The name "a/b" has a character that paths use')
  expect(message).toContain('bad/twice: Two nodes are named "twice"')
  let fails = true
  const ran: Array<string> = []
  const shaky = make(targets, (name) => {
    ran.push(name)
    if (name === "lib" && fails) throw new Error("no")
    return name
  })
  const other = await bed.settle(bed.open().start(shaky))
  expect((await bed.ended(other)).phase).toBe("Error")
  fails = false
  await bed.settle(other.retry())
  expect((await bed.ended(other)).phase).toBe("Succeeded")
  expect(ran.filter((name) => name === "docs")).toEqual(["docs"])
  expect(ran.filter((name) => name === "app")).toEqual(["app"])
})

test("A node of such a graph that is to run on a pool is refused, and why", async () => {
  const far = task("far", { on: "gpu", input: Schema.String, run: () => {} })
  const look = task("look", { output: Schema.Array(Schema.String), run: () => ["a"] })
  const one = workflow("one", {}, (w) => {
    w.expand("targets", w.node("look", look), (found, g) => {
      for (const name of found) g.node(name, far, { input: name })
    })
  })
  const { ending } = await new TestBed().play(one)
  expect(ending.message).toContain('on pool "gpu", because node "targets" expanded to it: make it')
})
