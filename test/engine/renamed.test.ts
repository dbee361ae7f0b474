/** A renamed node goes on in the same run when it says what it was called. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { check, or, Schema, task, workflow } from "../../mod.ts"
import { planOf } from "../../src/engine/life/plans.ts"
import { toJson } from "../../src/plan/drawing.ts"
import { hasFormerNames, withFormerNames } from "../../src/plan/formerNames.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { phases, TestBed } from "./TestBed.ts"

const nap = task("nap", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 minute"), 1) })
const add = task("add", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }) => n + 1 })

/** The same graph with other names: every way in which one node can mention another. */
const job = (is: (name: string) => { readonly name: string; readonly renamedFrom?: string }) => {
  const named = (name: string) => {
    const { name: today, ...options } = is(name)
    return [today, options] as const
  }
  const [inner, innerOptions] = named("inner")
  const nested = workflow("nested", {}, (w) => w.node(inner, nap, innerOptions))
  return workflow("job", { output: Schema.Number }, (w) => {
    const [a, aOptions] = named("a")
    const first = w.node(a, nap, aOptions)
    const [b, bOptions] = named("b")
    const second = w.node(b, add, { ...bOptions, input: { n: first } })
    const [c, cOptions] = named("c")
    const below = w.node(c, nested, { ...cOptions, after: [first] })
    const [m, mOptions] = named("m")
    w.map(m, [1, 2], nested, () => undefined, { ...mOptions, depends: or(second.succeeded, below.failed) })
    const [z, zOptions] = named("z")
    return w.node(z, add, { ...zOptions, input: { n: second }, after: [below] })
  })
}

const before = job((name) => ({ name }))
const after = job((name) => ({ name: `new-${name}`, renamedFrom: name }))
const names = ["a", "b", "c", "c/inner", "m", "m[0]/inner", "m[1]/inner", "z"]

const erased = (it: unknown) => it as AnyWorkflow

describe("withFormerNames()", () => {
  it("V3: gives back the very workflow of before, whatever mentions a renamed node", () => {
    const [old, now] = [planOf(erased(before)), planOf(erased(after))]
    expect(now.digest).not.toBe(old.digest)
    expect(planOf(withFormerNames(now.workflow, toJson(old))).digest).toBe(old.digest)
  })

  it("changes nothing for runs that began after the renaming, or where no name is a former one", () => {
    const now = planOf(erased(after))
    expect(withFormerNames(now.workflow, toJson(now))).toBe(now.workflow)
    expect([hasFormerNames(erased(before)), hasFormerNames(erased(after))]).toEqual([false, true])
  })
})

describe("A run that was killed before its nodes were renamed", () => {
  const killed = async () => {
    const bed = new TestBed()
    const first = bed.open()
    const { id } = await bed.settle(first.start(before))
    await bed.until(async () => (await phases((await first.get(id))!))["c/inner"] === "Running")
    bed.crash(first)
    const pinnace = bed.open({ workflows: [after] })
    return { bed, pinnace, run: (await pinnace.get(id))! }
  }

  it("goes on, and its nodes keep their names", async () => {
    const { bed, run } = await killed()
    expect((await bed.ended(run)).phase).toBe("Succeeded")
    expect(await bed.settle(run.result())).toBe(3)
    expect(Object.keys(await phases(run)).filter((path) => !/m\[\d\]$/.test(path)).sort()).toEqual(names)
    expect(bed.events(run, "NodeStarted").filter(({ path }) => path === "a")).toHaveLength(1)
  })

  it("is resubmitted under the names of today, or with its results under their own", async () => {
    const { bed, pinnace, run } = await killed()
    await bed.ended(run)
    const again = await bed.settle(run.resubmit())
    await bed.ended(again)
    expect(await phases(again)).toMatchObject({ "new-a": "Succeeded", "new-c/new-inner": "Succeeded" })
    const kept = await bed.settle(run.resubmit({ memoized: true }))
    await bed.ended(kept)
    expect(await phases(kept)).toMatchObject({ a: "Succeeded", z: "Succeeded" })
    const next = await bed.settle(pinnace.start(after))
    await bed.ended(next)
    expect(await phases(next)).toMatchObject({ "new-z": "Succeeded" })
    bed.crash(pinnace)
    expect((await (await bed.open({ workflows: [after] }).get(kept.id))!.status()).held).toBeUndefined()
  })

  it("is held without a word about the former name", async () => {
    const { bed, pinnace, run } = await killed()
    bed.crash(pinnace)
    const silent = bed.open({ workflows: [job((name) => ({ name: `new-${name}` }))] })
    await bed.quiet()
    expect((await (await silent.get(run.id))!.status()).held).toContain('Node "a" has started and no longer exists')
  })
})

it("V3: check() refuses a former name that another node has or had", () => {
  const both = workflow("both", {}, (w) => {
    w.node("a", nap)
    w.node("b", nap, { renamedFrom: "a" })
    w.node("c", nap, { renamedFrom: "x" })
    w.node("d", nap, { renamedFrom: "x" })
  })
  expect(check(both).map(({ code, path }) => [code, path])).toEqual([
    ["duplicate-node", "both/b"],
    ["duplicate-node", "both/d"]
  ])
})

it("V3: a run of any former name goes on, however often its nodes were renamed since, also in a circle", async () => {
  const named = (name: string, renamedFrom: ReadonlyArray<string>) =>
    workflow("job", {}, (w) => {
      const first = w.node(name, nap, { renamedFrom })
      w.node("z", add, { input: { n: first } })
    })
  const versions = [named("a", []), named("b", ["a"]), named("c", ["b", "a"]), named("a", ["c", "b"])]
  const names = ["a", "b", "c", "a"]
  for (const [at, version] of versions.entries()) {
    for (const next of versions.slice(at + 1)) {
      const bed = new TestBed()
      const first = bed.open()
      const { id } = await bed.settle(first.start(version))
      await bed.until(async () => (await phases((await first.get(id))!))[names[at]!] === "Running")
      bed.crash(first)
      const run = (await bed.open({ workflows: [next] }).get(id))!
      expect((await bed.ended(run)).phase).toBe("Succeeded")
      expect(Object.keys(await phases(run))).toEqual([names[at], "z"])
      expect(bed.events(run, "RunHeld")).toEqual([])
    }
  }
  const itself = workflow("job", {}, (w) => w.node("a", nap, { renamedFrom: ["b", "b"] }))
  expect(check(itself).map(({ code }) => code)).toEqual(["duplicate-node"])
  expect(check(workflow("job", {}, (w) => w.node("a", nap, { renamedFrom: "a" }))).map(({ code }) => code)).toEqual([
    "duplicate-node"
  ])
})
