/** Keyed permits through the public API: a limit for each key, one for all, and nothing left when nobody uses them. */
import { describe, expect, it } from "vitest"
import { keyedSemaphore, mutex, open, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import { folded, inWords } from "../../src/view/lockFamilies.ts"

/** Bodies that stay open until they are let go, by what they are called. */
const makeGate = () => {
  const open = new Map<string, () => void>()
  const arrivals: Array<() => void> = []
  const enter = async (name: string): Promise<string> => {
    const left = new Promise<void>((resolve) => open.set(name, resolve))
    arrivals.splice(0).forEach((tell) => tell())
    await left
    open.delete(name)
    return name
  }
  const arrived = async (name: string): Promise<void> => {
    while (!open.has(name)) await new Promise<void>((resolve) => arrivals.push(resolve))
  }
  const leave = async (name: string): Promise<void> => {
    await arrived(name)
    open.get(name)!()
  }
  return { open, enter, arrived, leave }
}

const perTenant = keyedSemaphore("tenant", { each: (key) => key === "vip" ? 2 : 1, total: 3 })

const make = () => {
  const gate = makeGate()
  const work = task("work", {
    input: { tenant: Schema.String, name: Schema.String },
    permits: ({ tenant }) => [perTenant.take(1, tenant)],
    run: ({ name }) => gate.enter(name)
  })
  const one = workflow(
    "one",
    { input: { tenant: Schema.String, name: Schema.String } },
    (w) => w.node("work", work, { input: w.input })
  )
  return { gate, one }
}

const waits = async (run: RunHandle<unknown>): Promise<void> => {
  await run.waitFor("work", "waiting")
}

describe("A keyed semaphore", () => {
  it("lets each key work as its limit says, and no key keeps another one waiting (P2, X2)", async () => {
    const { gate, one } = make()
    await using pinnace = await open(":memory:")
    const start = (tenant: string, name: string) => pinnace.start(one, { tenant, name })
    const first = await start("acme", "a1")
    await gate.arrived("a1")
    const second = await start("acme", "a2")
    await waits(second)
    const other = await start("vip", "v1")
    await gate.arrived("v1")
    expect((await second.why("work"))[0]?.because).toBe(
      `waits for 1 of tenant/acme (limit 1, 1 held by ${first.id} work); position 1`
    )
    await gate.leave("a1")
    await gate.arrived("a2")
    await gate.leave("a2")
    await gate.leave("v1")
    expect(await Promise.all([first, second, other].map((run) => run.result()))).toEqual(["a1", "a2", "v1"])
  })

  it("has a limit for all keys together, and says which of the two keeps a node waiting (P1, P7)", async () => {
    const { gate, one } = make()
    await using pinnace = await open(":memory:")
    const runs = []
    for (const [tenant, name] of [["a", "1"], ["b", "2"], ["c", "3"]] as const) {
      runs.push(await pinnace.start(one, { tenant, name }))
      await gate.arrived(name)
    }
    const last = await pinnace.start(one, { tenant: "d", name: "4" })
    await waits(last)
    expect((await last.why("work"))[0]?.because).toContain("waits for 1 of tenant (limit 3, 3 held by ")
    await gate.leave("1")
    await gate.leave("4")
    await gate.leave("2")
    await gate.leave("3")
    expect(await last.result()).toBe("4")
    await Promise.all(runs.map((run) => run.result()))
  })

  it("leaves nothing of its keys when nobody uses them any more; locks folds them meanwhile (P4, X3)", async () => {
    const { gate, one } = make()
    await using pinnace = await open(":memory:")
    const runs = []
    for (const [tenant, name] of [["vip", "1"], ["acme", "2"], ["vip", "3"], ["acme", "4"]] as const) {
      runs.push(await pinnace.start(one, { tenant, name }))
      await (name === "4" ? waits(runs.at(-1)!) : gate.arrived(name))
    }
    const locks = await pinnace.locks()
    expect(locks.map(({ family, held, name }) => [family, name, held])).toEqual([
      [undefined, "tenant", 3],
      ["tenant", "tenant/vip", 2],
      ["tenant", "tenant/acme", 1]
    ])
    const [line, ...others] = folded(locks)
    expect(others).toEqual([])
    expect(line !== undefined && "keys" in line && inWords(line)).toBe("2 keys, 3/3 held, 1 waiting (acme 1)")
    for (const name of ["1", "2", "3", "4"]) await gate.leave(name)
    await Promise.all(runs.map((run) => run.result()))
    expect((await pinnace.locks()).map(({ name }) => name)).toEqual(["tenant"])
  })

  it("may be asked for by nodes, items and whole runs, each with its own input, and together with others (P6)", async () => {
    const say = task("say", { input: Schema.String, run: (text) => text })
    const both = workflow("both", {
      input: { tenant: Schema.String },
      permits: ({ tenant }) => [perTenant.take(1, tenant)]
    }, (w) => {
      const node = w.node("node", say, {
        input: w.input.tenant,
        permits: (text) => [perTenant.take(1, text), mutex("m").take()]
      })
      const items = w.map("items", ["x", "y"], say, (item) => item, {
        item: { permits: (text) => [perTenant.take(1, text)] }
      })
      return { node, items }
    })
    await using pinnace = await open(":memory:")
    expect(await pinnace.run(both, { tenant: "acme" })).toEqual({ node: "acme", items: ["x", "y"] })
  })

  it("ends a node whose permits cannot be told as BadInput, with the author's words", async () => {
    const badly = (permits: (key: string) => ReadonlyArray<never>) =>
      workflow(
        "badly",
        { input: Schema.String },
        (w) => w.node("n", task("n", { input: Schema.String, permits, run: (text) => text }), { input: w.input })
      )
    await using pinnace = await open(":memory:")
    const endings = [
      () => {
        throw new Error("no such tenant")
      },
      (key: string) => [perTenant.take(9, key) as never],
      () => ["api" as never],
      () => "api" as never
    ].map(async (permits) => (await (await pinnace.start(badly(permits), "acme")).ending()).message)
    expect(await Promise.all(endings)).toEqual([
      expect.stringContaining("no such tenant"),
      expect.stringContaining("more than its limit of 1"),
      expect.stringContaining("Use semaphore(…).take()"),
      expect.stringContaining("What it takes of semaphores cannot be told from its input")
    ])
  })

  it("refuses what no key can be", () => {
    expect(() => keyedSemaphore("a/b", { each: 1 })).toThrow("without /")
    expect(() => keyedSemaphore("cache", { each: 1 })).toThrow("cache")
    expect(() => keyedSemaphore("t", { each: 0 })).toThrow("whole number from 1")
    expect(() => keyedSemaphore("t", {} as never)).toThrow("is missing")
    expect(() => perTenant.take(1, "")).toThrow("is empty")
    expect(() => perTenant.take(0, "a")).toThrow("whole number from 1")
    expect(() => mutex("~1/tenant/acme")).toThrow("does not begin with ~")
    const shared = task("t", { input: Schema.String, run: (text) => text })
    const wrong = workflow("w", {}, (w) => void w.map("m", ["a"], shared, (it) => it, { permits: (() => []) as never }))
    return expect(open(":memory:", { workflows: [wrong] })).rejects.toThrow("item: { permits }")
  })
})
