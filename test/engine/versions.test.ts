/** Versions of one workflow side by side, and deploys that roll over open runs. */
import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import { type Pinnace, type RunHandle, Schema, task, workflow } from "../../mod.ts"
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
    const whole = { from: "order@1", to: "order@2", keep: 2, lost: [], reset: [], renamed: [] }
    expect(await bed.settle(run.migrate(two, { dryRun: true }))).toEqual(whole)
    expect(bed.rowOf(run).workflow).toBe("order@1")
    expect(await bed.settle(run.migrate(two))).toEqual(whole)
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

describe("What a migration would lose", () => {
  const undo: Array<string> = []
  const left = async (bed: TestBed, one: ReturnType<typeof order>, path: string) => {
    const first = bed.open({ workflows: [one] })
    const { id } = await bed.settle(first.start(one))
    await begun(bed, first, id, path)
    bed.crash(first)
    return id
  }
  const afterwards = async (bed: TestBed, run: RunHandle) => {
    const { phase } = await bed.ended(run)
    const nodes = await run.nodes()
    return [phase, ...nodes.map(({ path, phase }) => `${path} ${phase}`)]
  }

  it("is told with a reason, refused, and nothing of it happens unless it is accepted", async () => {
    const bed = new TestBed()
    const id = await left(bed, order("1"), "b")
    const two = order("2", ["x", "y"])
    const run = (await bed.open().get(id))!
    for (const options of [{}, { dryRun: true }]) {
      const { keep, lost, refused, reset } = await bed.settle(run.migrate(two, options))
      expect([keep, reset, lost]).toEqual([0, [], [
        { path: "a", why: 'Node "a" has started and no longer exists', artifacts: [] },
        { path: "b", why: 'Node "b" has started and no longer exists', artifacts: [] }
      ]])
      expect(refused).toContain("Accept that with acceptLost, or --accept-lost")
    }
    expect(bed.events(run, "RunMigrated")).toEqual([])
    expect((await bed.settle(run.migrate(two, { acceptLost: true, dryRun: true }))).refused).toBeUndefined()
    expect(bed.rowOf(run).workflow).toBe("order@1")
    expect((await bed.settle(run.migrate(two, { acceptLost: true }))).keep).toBe(0)
    expect(await afterwards(bed, run)).toEqual([
      "Succeeded",
      "x Succeeded",
      "y Succeeded",
      "end Succeeded",
      "a Omitted",
      "b Omitted"
    ])
    expect(await bed.settle(run.result())).toBe("2")
  })

  it("is no more than what changed, and what comes after it; the rest is not done again", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const id = await left(bed, order("1", ["a", "b", "c", "d"], seen), "d")
    const two = order("2", ["a", "b", "n", "c", "d"], seen)
    const run = (await bed.open().get(id))!
    const plan = await bed.settle(run.migrate(two, { acceptLost: true }))
    expect(plan.lost.map(({ path }) => path)).toEqual(["c"])
    expect(plan.reset).toEqual([
      { path: "c", why: 'Node "c" has started and now waits for "n"' },
      { path: "d", why: "it comes after c" }
    ])
    expect(plan.keep).toBe(2)
    expect((await afterwards(bed, run))[0]).toBe("Succeeded")
    expect(seen.map((it) => it.split(" ")[1])).toEqual(["1/a", "1/b", "1/c", "1/d", "2/n", "2/c", "2/d"])
  })

  it("does not keep what stays from being undone, and takes a composite along with what was part of it", async () => {
    const bed = new TestBed()
    undo.length = 0
    const book = task("book", {
      output: Schema.String,
      run: () => "room",
      compensate: ({ output }) => void undo.push(output)
    })
    const nap = task("nap", { run: () => Effect.sleep("1 minute") })
    const fail = task("fail", { run: () => Promise.reject(new Error("no money")) })
    const inner = (names: ReadonlyArray<string>) =>
      workflow("inner", {}, (w) => {
        for (const name of names) w.node(name, nap)
      })
    const trip = (version: string, names: ReadonlyArray<string>) =>
      workflow("order", { version }, (w) => {
        const done = w.node("inner", inner(names), { after: [w.node("book", book)] })
        w.node("pay", fail, { after: [w.node("rest", nap, { after: [done] })] })
      })
    const [one, two] = [trip("1", ["p", "q"]), trip("2", ["p"])]
    const id = await left(bed, one as never, "rest")
    const run = (await bed.open().get(id))!
    const plan = await bed.settle(run.migrate(two, { acceptLost: true }))
    expect(plan.lost.map(({ path }) => path)).toEqual(["inner/q"])
    expect(plan.reset.map(({ path }) => path)).toEqual(["inner", "inner/p", "rest"])
    expect((await afterwards(bed, run))[0]).toBe("Error")
    expect(undo).toEqual(["room"])
  })

  it("is also an output that does not fit any more, and a value that came early", async () => {
    const bed = new TestBed()
    const give = (output: Schema.Codec<string> | Schema.Codec<number>, value: unknown) =>
      task("give", { output: output as Schema.Codec<unknown>, run: () => value })
    const nap = task("nap", { run: () => Effect.sleep("1 minute") })
    const job = (version: string, give: unknown, door: string) =>
      workflow("order", { version, output: Schema.Unknown }, (w) => {
        const given = w.node("give", give as typeof nap)
        const rest = w.node("rest", nap, { after: [given] })
        w.suspend(door, { after: [rest], duration: "1 hour" })
        return w.node("read", task("read", { input: Schema.Unknown, output: Schema.Unknown, run: (it) => it }), {
          input: given as never,
          after: [rest]
        })
      })
    const [one, two] = [job("1", give(Schema.String, "7"), "door"), job("2", give(Schema.Number, 7), "gate")]
    const first = bed.open({ workflows: [one] })
    const { id } = await bed.settle(first.start(one))
    await begun(bed, first, id, "rest")
    await bed.settle((await first.get(id))!.signal("door", null as never))
    bed.crash(first)
    const run = (await bed.open().get(id))!
    const plan = await bed.settle(run.migrate(two, { acceptLost: true }))
    expect(plan.lost.map(({ path, why }) => `${path}: ${why}`)).toEqual([
      expect.stringMatching(/^door: It was given a value that nothing will read: there is no node "door"/),
      expect.stringMatching(/^give: the output of node "give" does not match its schema of today/)
    ])
    expect((await afterwards(bed, run))[0]).toBe("Succeeded")
    expect(await bed.settle(run.result())).toBe(7)
  })

  it("V4: is lost in the commit of the migration; a crash leaves the one or the other", async () => {
    const two = order("2", ["a", "x", "c"])
    for (const when of ["before", "after"] as const) {
      for (let at = 1; at <= 4; at++) {
        const bed = new TestBed(at)
        const id = await left(bed, order("1"), "c")
        const second = bed.open()
        let commits = 0
        bed.disk.fault = () => ++commits === at ? { when, what: "kill" } : undefined
        ;(await second.get(id))!.migrate(two, { acceptLost: true }).catch(() => undefined)
        await bed.until(() => bed.isDead(second) || bed.isIdle).catch(() => undefined)
        bed.disk.fault = undefined
        const run = (await bed.open({ workflows: [order("1"), two] }).get(id))!
        const isNew = bed.rowOf(run).workflow === "order@2"
        const [phase, ...nodes] = await afterwards(bed, run)
        expect([phase, await bed.settle(run.result())]).toEqual(["Succeeded", isNew ? "2" : "1"])
        expect(nodes.includes("b Omitted")).toBe(isNew)
      }
    }
  })

  it("V4: is lost in that one commit also where more is gone than others write in one", async () => {
    const fan = (version: string, many: number) =>
      workflow("order", { version, output: Schema.String }, (w) => {
        const nap = task("nap", { run: () => Effect.sleep("1 minute") })
        const after = Array.from({ length: many }, (_, at) => w.node(`v${version}-${at}`, nap))
        return w.node("end", task("end", { output: Schema.String, run: () => version }), { after })
      })
    const [one, two] = [fan("1", 150), fan("2", 1)]
    for (let at = 1; at <= 5; at++) {
      const bed = new TestBed(at)
      const id = await left(bed, one, "v1-149")
      const second = bed.open()
      let commits = 0
      bed.disk.fault = () => ++commits === at ? { when: "after", what: "kill" } : undefined
      ;(await second.get(id))!.migrate(two, { acceptLost: true }).catch(() => undefined)
      await bed.until(() => bed.isDead(second) || bed.isIdle).catch(() => undefined)
      bed.disk.fault = undefined
      const run = (await bed.open().get(id))!
      const isNew = bed.rowOf(run).workflow === "order@2"
      const phases = new Set((await run.nodes()).filter(({ path }) => path.startsWith("v1")).map(({ phase }) => phase))
      expect([...phases].filter((it) => isNew ? it === "Running" : it !== "Running")).toEqual([])
    }
  })

  it("is found for all items of a map at once, not by reading the record again for each", async () => {
    const job = (version: string, output: Schema.Codec<string> | Schema.Codec<number>, value: unknown) => {
      const inner = workflow("inner", { input: Schema.Number }, (w) => {
        const give = w.node("give", task("give", { output: output as Schema.Codec<unknown>, run: () => value }))
        const rest = w.node("rest", task("nap", { run: () => Effect.sleep("1 minute") }), { after: [give] })
        w.node("read", task("read", { input: Schema.Unknown, run: () => {} }), { input: give, after: [rest] })
      })
      return workflow("order", { version }, (w) => {
        w.map("each", Array.from({ length: 30 }, (_, at) => at), inner, (at) => at)
      })
    }
    const bed = new TestBed()
    const id = await left(bed, job("1", Schema.String, "7") as never, "each[29]/rest")
    const second = bed.open()
    const reads = vi.spyOn(second.engine.host.journal.reads, "events")
    const run = (await second.get(id))!
    const plan = await bed.settle(run.migrate(job("2", Schema.Number, 7), { dryRun: true }))
    expect(plan.lost.length).toBeGreaterThan(15)
    expect(reads.mock.calls.length).toBeGreaterThan(0)
    expect(reads.mock.calls.length).toBeLessThan(10)
  })
})
