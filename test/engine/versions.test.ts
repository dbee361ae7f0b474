/** Versions of one workflow side by side, and deploys that roll over open runs. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Pinnace, Schema, task, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

/** A version of a workflow of three naps; each says in its output which version ran it. */
const order = (version: string, names: ReadonlyArray<string> = ["a", "b", "c"], seen: Array<string> = []) => {
  const nap = (name: string) =>
    task("nap", {
      run: (_, { run }) => {
        seen.push(`${run} ${version}/${name}`)
        return Effect.sleep("1 minute")
      }
    })
  return workflow("order", { version, output: Schema.String }, (w) => {
    let last = w.node(names[0]!, nap(names[0]!))
    for (const name of names.slice(1)) last = w.node(name, nap(name), { after: [last] })
    return w.node("end", task("end", { output: Schema.String, run: () => version }), { after: [last] })
  })
}

const begun = async (bed: TestBed, pinnace: Pinnace, id: string, path: string) =>
  bed.until(async () =>
    (await (await pinnace.get(id))!.nodes()).some((it) => it.path === path && it.phase === "Running")
  )

describe("Versions", () => {
  it("V2: runs go on with theirs, side by side in one process", async () => {
    const bed = new TestBed()
    const [one, two] = [order("1"), order("2", ["a", "x"])]
    const pinnace = bed.open({ workflows: [one, two] })
    const runs = [await bed.settle(pinnace.start(one)), await bed.settle(pinnace.start(two))]
    expect(await Promise.all(runs.map((it) => bed.settle(it.result())))).toEqual(["1", "2"])
    expect(runs.map((it) => bed.rowOf(it).workflow)).toEqual(["order@1", "order@2"])
    expect(runs.every(({ id }) => /^order-/.test(id))).toBe(true)
  })

  it("the same version twice with other nodes is refused", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ workflows: [order("1")] })
    const error = await bed.rejection(pinnace.start(order("1", ["a", "x"])))
    expect(error.message).toContain('Another workflow is named "order@1" in this engine, with other nodes')
    expect(error.message).toContain("Raise the version of one")
    expect(() => order("a b")).toThrow('"version" of the options of workflow "order"')
  })

  it("V1 V5 V6: a run of a version that is not there waits, says why, and goes on once it is", async () => {
    const bed = new TestBed()
    const first = bed.open({ workflows: [order("1")] })
    const { id } = await bed.settle(first.start(order("1")))
    await begun(bed, first, id, "b")
    bed.crash(first)
    const second = bed.open({ workflows: [order("2")] })
    await bed.quiet()
    const run = (await second.get(id))!
    expect((await run.why())[0]!.because).toContain("no process executes it")
    expect((await run.status()).held).toBe(undefined)
    bed.open({ workflows: [order("1"), order("2")] })
    expect(await bed.settle(run.result())).toBe("1")
  })

  it("V7: three versions roll over open runs in two processes; none is held or done twice", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const versions = ["1", "2", "3"].map((it) => order(it, it === "1" ? ["a", "b"] : ["a", `b${it}`, "c"], seen))
    let processes: Array<Pinnace> = []
    const ids: Array<readonly [string, string]> = []
    for (const [at, newest] of versions.entries()) {
      // Each deploy brings its version beside those before it, one process after the other.
      for (const slot of [0, 1]) {
        const old = processes[slot]
        processes = processes.with === undefined ? processes : [...processes]
        processes[slot] = bed.open({ workflows: versions.slice(0, at + 1) })
        if (old !== undefined) await bed.settle(old.close())
        const { id } = await bed.settle(processes[slot].start(newest))
        ids.push([id, String(at + 1)])
        await begun(bed, processes[slot], id, "a")
      }
    }
    for (const [id, version] of ids) {
      const run = (await processes[0]!.get(id))!
      expect(await bed.settle(run.result())).toBe(version)
      expect(bed.events(run, "RunHeld")).toEqual([])
      expect(bed.violations(run)).toEqual([])
    }
    const finished = ids.flatMap(([id]) => {
      const { key } = [...bed.disk.runs.values()].find((row) => row.id === id)!
      return [...bed.disk.events.get(key)!.values()].filter(({ type }) => type === "NodeFinished").map(({ path }) =>
        `${id} ${path}`
      )
    })
    expect(new Set(finished).size).toBe(finished.length)
  })
})

describe("Migrating a run", () => {
  const left = async (bed: TestBed) => {
    const first = bed.open({ workflows: [order("1")] })
    const { id } = await bed.settle(first.start(order("1")))
    await begun(bed, first, id, "b")
    return { first, id }
  }

  it("V4: lets it go on with a version that can follow it; a preview changes nothing", async () => {
    const bed = new TestBed()
    const { first, id } = await left(bed)
    const two = order("2", ["a", "b", "c", "d"])
    expect((await bed.rejection((await first.get(id))!.migrate(two))).message).toContain("a process executes it")
    bed.crash(first)
    const second = bed.open({ workflows: [two] })
    const run = (await second.get(id))!
    expect(await bed.settle(run.migrate(two, { dryRun: true }))).toEqual({ from: "order@1", to: "order@2", keep: 2 })
    expect(bed.rowOf(run).workflow).toBe("order@1")
    expect(await bed.settle(run.migrate(two))).toEqual({ from: "order@1", to: "order@2", keep: 2 })
    expect(await bed.settle(run.result())).toBe("2")
    expect(bed.events(run, "RunMigrated")).toHaveLength(1)
    expect((await run.nodes()).map(({ path }) => path)).toEqual(["a", "b", "c", "d", "end"])
  })

  it("says why it cannot, and leaves the run as it is", async () => {
    const bed = new TestBed()
    const { first, id } = await left(bed)
    bed.crash(first)
    const second = bed.open()
    const run = (await second.get(id))!
    const plan = await bed.settle(run.migrate(order("2", ["x", "y"])))
    expect(plan.refused).toContain('Node "a" has started and no longer exists')
    const other = workflow("other", {}, (w) => w.suspend("rest", { duration: "1 day" }))
    expect((await bed.rejection(run.migrate(other))).message).toContain('and "other" is another workflow')
    bed.open({ workflows: [order("1")] })
    expect(await bed.settle(run.result())).toBe("1")
    expect((await bed.rejection(run.migrate(order("2")))).message).toContain("it has ended Succeeded")
  })

  it("V4: a crash leaves the one or the other", async () => {
    for (const when of ["before", "after"] as const) {
      for (let at = 1; at <= 4; at++) {
        const bed = new TestBed(at)
        const { first, id } = await left(bed)
        bed.crash(first)
        const two = order("2", ["a", "b", "c", "d"])
        const second = bed.open()
        let commits = 0
        bed.disk.fault = () => ++commits === at ? { when, what: "kill" } : undefined
        ;(await second.get(id))!.migrate(two).catch(() => undefined)
        await bed.until(() => bed.isDead(second) || bed.isIdle).catch(() => undefined)
        bed.disk.fault = undefined
        const third = bed.open({ workflows: [order("1"), two] })
        const run = (await third.get(id))!
        const { workflow: name } = bed.rowOf(run)
        expect(await bed.settle(run.result())).toBe(name === "order@2" ? "2" : "1")
        expect(bed.violations(run)).toEqual([])
      }
    }
  })
})
