/** Contract cases of permits in one process: queue, limits, ends of runs (J1, J4, J5, N7). */
import { expect, it } from "vitest"
import type { Asked } from "./answers.ts"
import type { Notice } from "../../src/journal/Journal.ts"
import { append, createRun, event, noticesOf, rate, release, request, runRow, semaphore } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalPermits = (world: () => JournalWorld): void => {
  grants(world)
  limits(world)
  repeats(world)
  ends(world)
  rates(world)
  failures(world)
  turns(world)
}

/** The paths that hold, and those that wait, in order. */
export const queueOf = async (journal: Asked, name?: string): Promise<readonly [string, string]> => {
  const rows = await journal.permits(name)
  const paths = (isHolder: boolean): string =>
    rows.filter((row) => (row.grantedAt > 0) === isHolder).map(({ path }) => path).join(" ")
  return [paths(true), paths(false)]
}

/** The paths that were told of grants. */
export const told = (notices: ReadonlyArray<Notice>): string =>
  notices.filter((notice) => notice.type === "granted").map(({ path }) => path).join(" ")

/** Lets everything happen that is on its way within this process. */
export const settle = async (world: JournalWorld): Promise<void> => {
  for (let turns = 0; turns < 10; turns++) await world.tick()
}

const grants = (world: () => JournalWorld): void => {
  it("append() grants a request that fits with the commit that stores it, and tells after its answer, once (J5)", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const heard: Array<string> = []
    a.subscribe((notice) => heard.push(notice.type))
    a.append([semaphore("api", 2), request(key, "x", [{ name: "api", weight: 2 }], 3)], () => heard.push("answer"))
    await settle(world())
    expect(heard).toEqual(["answer", "committed", "granted"])
    const [row] = await a.permits()
    expect(row).toEqual({
      run: key,
      path: "x",
      priority: 3,
      takes: [{ name: "api", weight: 2 }],
      arrival: row?.arrival,
      askedAt: 1_795_000_000_500,
      grantedAt: expect.any(Number),
      owner: a.process
    })
    expect(row?.grantedAt).toBeGreaterThan(0)
    expect(await a.semaphores()).toEqual([{ name: "api", limit: 2, per: null, source: "code", problem: null, held: 2 }])
  })

  it("append() serves a queue by priority, then arrival, and each grant is told once", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), request(key, "first", "m")])
    await append(world(), a, [request(key, "second", "m"), request(key, "urgent", "m", 1), request(key, "third", "m")])
    expect(await queueOf(a, "m")).toEqual(["first", "urgent second third"])
    for (const path of ["first", "urgent", "second", "third"]) await append(world(), a, [release(key, path)])
    await settle(world())
    expect(told(heard)).toBe("first urgent second third")
    expect([await a.permits(), (await a.semaphores())[0]?.held]).toEqual([[], 0])
  })

  it("append() keeps light requests behind a heavy one, and lets those pass that want something else", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const heavy = [{ name: "api", weight: 2 }]
    await append(world(), a, [semaphore("api", 2), semaphore("db", 1), request(key, "x", "api")])
    await append(world(), a, [request(key, "heavy", heavy), request(key, "light", "api"), request(key, "other", "db")])
    expect(await queueOf(a)).toEqual(["x other", "heavy light"])
    await append(world(), a, [release(key, "x")])
    expect(await queueOf(a, "api")).toEqual(["heavy", "light"])
    expect(await queueOf(a, "db")).toEqual(["other", ""])
  })

  it("append() grants several permits together or not at all, however their order is written", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const takes = (...names: ReadonlyArray<string>) => names.map((name) => ({ name, weight: 1 }))
    await append(world(), a, [semaphore("a", 1), semaphore("b", 1), request(key, "x", takes("a", "b"))])
    await append(world(), a, [request(key, "y", takes("b", "a")), request(key, "z", takes("a", "a"))])
    expect(await queueOf(a)).toEqual(["x", "y z"])
    await append(world(), a, [release(key, "x")])
    expect(await queueOf(a)).toEqual(["y", "z"])
    await append(world(), a, [release(key, "y")])
    expect(await queueOf(a)).toEqual(["z", ""])
    expect((await a.semaphores()).map(({ held }) => held)).toEqual([1, 0])
  })

  it("append() exceeds no limit when one group frees and asks, and tells of no grant that the group gives back", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), request(key, "x", "m")])
    await append(world(), a, [request(key, "y", "m"), release(key, "x"), request(key, "x", "m"), release(key, "y")])
    await settle(world())
    expect(await queueOf(a)).toEqual(["x", ""])
    expect(told(heard)).toBe("x x")
  })
}

const limits = (world: () => JournalWorld): void => {
  it("append() lets everybody wait while a limit is unknown or 0, and wakes them when it is raised", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, ["1", "2", "3"].map((path) => request(key, path, "api")))
    expect([await queueOf(a), await a.semaphores()]).toEqual([["", "1 2 3"], []])
    await append(world(), a, [semaphore("api", null, "no answer")])
    await append(world(), a, [semaphore("api", 0)])
    expect(await queueOf(a)).toEqual(["", "1 2 3"])
    await append(world(), a, [semaphore("api", 2)])
    await settle(world())
    expect([await queueOf(a), told(heard)]).toEqual([["1 2", "3"], "1 2"])
  })

  it("append() takes from nobody when a limit is lowered or lost, and grants no more until below", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("api", 3), ...["1", "2", "3", "4"].map((path) => request(key, path, "api"))])
    await append(world(), a, [semaphore("api", 1)])
    await append(world(), a, [release(key, "1"), release(key, "2")])
    expect([await queueOf(a), (await a.semaphores())[0]?.held]).toEqual([["3", "4"], 1])
    await append(world(), a, [semaphore("api", null, "it went away")])
    await append(world(), a, [release(key, "3")])
    expect(await queueOf(a)).toEqual(["", "4"])
    expect(await a.semaphores()).toMatchObject([{ limit: null, problem: "it went away", held: 0 }])
  })
}

const repeats = (world: () => JournalWorld): void => {
  it("append() of a request that is there keeps its place, and tells again when it is granted", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), ...["1", "2", "3"].map((path) => request(key, path, "m"))])
    const before = await a.permits()
    await append(world(), a, [request(key, "2", "m"), request(key, "1", "m")])
    await settle(world())
    expect(await a.permits()).toEqual(before)
    expect(told(heard)).toBe("1 1")
  })

  it("append() of a request with other takes waits again in its old place", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), semaphore("n", 0)])
    await append(world(), a, ["1", "2", "3"].map((path) => request(key, path, "m")))
    await append(world(), a, [request(key, "1", "n"), request(key, "3", "m", 1)])
    expect([await queueOf(a), await queueOf(a, "m")]).toEqual([["3", "1 2"], ["3", "2"]])
    expect((await a.semaphores()).map(({ held }) => held)).toEqual([1, 0])
  })

  it("append() ignores requests that take nothing or whose run is not open, and releases of what is not there", async () => {
    const a = await world().open()
    const ended = await createRun(world(), a, "ended", { phase: "Failed" })
    const open = await createRun(world(), a, "open")
    const writes = [request(ended.key, "x", "m"), request(a.nextKey(), "x", "m"), request(open.key, "x", [])]
    await append(world(), a, [semaphore("m", 9), ...writes, release(open.key, "y"), release(ended.key, "x")])
    expect([await a.permits(), await a.permits("no-such-name")]).toEqual([[], []])
  })

  it("break() takes from a holder, not from those that wait, and answers whether it did", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), ...["1", "2"].map((path) => request(key, path, "m"))])
    expect([await a.break(key, "2"), await a.break(key, "no-such-path")]).toEqual([false, false])
    expect([await a.break(key, "1"), await queueOf(a)]).toEqual([true, ["2", ""]])
    await settle(world())
    expect(told(heard)).toBe("1 2")
  })
}

const rates = (world: () => JournalWorld): void => {
  it("append() uses permits of a rate up, and tells once from when on the next can be served", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    const hour = 3_600_000
    await append(world(), a, [rate("api", 2, hour), ...["1", "2", "3", "4"].map((path) => request(key, path, "api"))])
    await append(world(), a, [release(key, "1"), request(key, "1", "api")])
    await settle(world())
    expect([await queueOf(a), told(heard)]).toEqual([["2", "3 4 1"], "1 2"])
    expect((await a.semaphores())[0]?.held).toBeCloseTo(2, 2)
    const refills = heard.filter((notice) => notice.type === "refill")
    expect(new Set(refills.map(({ name }) => name))).toEqual(new Set(["api"]))
    const [first] = await a.permits()
    expect(refills.at(-1)!.at - first!.grantedAt).toBeGreaterThan(hour / 2 - 1000)
    expect(refills.at(-1)!.at - first!.grantedAt).toBeLessThan(hour / 2 + 1000)
  })

  it("append() of a refill serves the next of a rate when its time has come, and nobody before", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [rate("api", 1, 30), request(key, "1", "api"), request(key, "2", "api")])
    const served = async (): Promise<void> => {
      const at = heard.findLast((notice) => notice.type === "refill")?.at
      if (at !== undefined) await append(world(), a, [{ kind: "refill", name: "api", at }])
    }
    for (let turns = 0; told(heard) !== "1 2"; turns++) {
      await served()
      await world().tick()
      expect(turns).toBeLessThan(10_000)
    }
    const [one, two] = await a.permits()
    expect(two!.grantedAt - one!.grantedAt).toBeGreaterThanOrEqual(30)
  })

  it("append() takes permits of rates and of semaphores together, and a full rate keeps no semaphore", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const both = [{ name: "api", weight: 1 }, { name: "m", weight: 1 }]
    await append(world(), a, [rate("api", 1, 3_600_000), semaphore("m", 1), request(key, "1", both)])
    await append(world(), a, [request(key, "2", "m"), release(key, "1")])
    expect((await a.semaphores()).map(({ held, name }) => [name, Math.round(held)])).toEqual([["api", 1], ["m", 1]])
    expect(await queueOf(a, "m")).toEqual(["2", ""])
  })

  it("append() passes over a request that no freed permit could serve, until a limit changes", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const big = [{ name: "a", weight: 2 }, { name: "b", weight: 1 }]
    await append(world(), a, [semaphore("a", 1), semaphore("b", 1), request(key, "big", big), request(key, "x", "b")])
    expect(await queueOf(a)).toEqual(["x", "big"])
    await append(world(), a, [semaphore("a", 2), request(key, "y", "b")])
    expect(await queueOf(a)).toEqual(["x", "big y"])
    await append(world(), a, [release(key, "x")])
    expect(await queueOf(a)).toEqual(["big", "y"])
  })

  it("append() lets those pass at once that waited behind a request which a lower limit makes impossible", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("a", 2), semaphore("b", 1), request(key, "holder", "a")])
    const big = [{ name: "a", weight: 2 }, { name: "b", weight: 1 }]
    await append(world(), a, [request(key, "big", big), request(key, "light", "b")])
    expect(await queueOf(a)).toEqual(["holder", "big light"])
    await append(world(), a, [semaphore("a", 1)])
    await settle(world())
    expect([await queueOf(a), told(heard)]).toEqual([["holder light", "big"], "holder light"])
  })
}

const ends = (world: () => JournalWorld): void => {
  it.each(["Succeeded", "Failed", "Error"] as const)(
    "append() of a run's end (%s) drops its requests, and serves others in the same commit (N7)",
    async (phase) => {
      const a = await world().open()
      const heard = noticesOf(a)
      const [run, other] = [await createRun(world(), a, "r"), await createRun(world(), a, "s")]
      await append(world(), a, [semaphore("m", 1), request(run.key, "x", "m"), request(run.key, "y", "m")])
      await append(world(), a, [request(other.key, "z", "m")])
      await append(world(), a, [{ kind: "run", row: { ...run, phase } }])
      await settle(world())
      expect([await queueOf(a), told(heard)]).toEqual([["z", ""], "x z"])
    }
  )

  it("append() of a deletion drops the requests of that run, and of no other", async () => {
    const a = await world().open()
    const [run, other] = [await createRun(world(), a, "r"), await createRun(world(), a, "s")]
    await append(world(), a, [semaphore("m", 1), request(run.key, "x", "m"), request(other.key, "x", "m")])
    await append(world(), a, [{ kind: "delete", run: run.key }])
    expect(await a.permits()).toMatchObject([{ run: other.key, path: "x", grantedAt: expect.any(Number) }])
    expect((await a.semaphores())[0]?.held).toBe(1)
  })

  it("append() of a release drops exactly that path and nothing beneath it", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 9), ...["", "x", "x/y"].map((path) => request(key, path, "m"))])
    await append(world(), a, [release(key, "x")])
    expect((await a.permits()).map(({ path }) => path)).toEqual(["", "x/y"])
  })
}

const failures = (world: () => JournalWorld): void => {
  it("append() stores no request, release or limit of an append that is refused, and grants nothing for it (J1, J6)", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const { key } = await createRun(world(), a, "r")
    await append(world(), a, [semaphore("m", 1), request(key, "x", "m"), request(key, "y", "m"), event(key, 1)])
    a.append([release(key, "x"), request(key, "z", "m"), event(key, 1)])
    expect((await append(world(), a, [semaphore("m", 5), event(key, 1)]))?.reason).toBe("Conflict")
    await settle(world())
    expect([await queueOf(a), (await a.semaphores())[0]?.limit, told(heard)]).toEqual([["x", "y"], 1, "x"])
    expect(await append(world(), a, [release(key, "x")])).toBeUndefined()
    await settle(world())
    expect([await queueOf(a), told(heard)]).toEqual([["y", ""], "x y"])
  })

  it("append() that is refused alone stores none of its permits, and the rest of its group is granted", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const again = runRow(a, "r")
    a.append([semaphore("m", 1)])
    a.append([{ kind: "create", row: again }, request(again.key, "refused", "m"), request(key, "refused", "m")])
    await append(world(), a, [request(key, "x", "m")])
    expect(await queueOf(a)).toEqual(["x", ""])
  })
}

const turns = (world: () => JournalWorld): void => {
  it("append() gives the keys of a family turns at what they share, however much one asks for (P3)", async () => {
    const a = await world().open()
    const { key } = await createRun(world(), a, "r")
    const ask = (tenant: string, at: number) =>
      request(key, `${tenant}${at}`, [{ name: `~4/t/${tenant}`, weight: 1 }, { name: "t", weight: 1 }])
    const flood = Array.from({ length: 60 }, (_, at) => ask("a", at))
    await append(world(), a, [semaphore("t", 4), ...flood])
    const waited = new Map<string, number>()
    const served: Array<string> = []
    for (let tick = 0; served.length < 80; tick++) {
      if (tick === 10) {
        const others = ["b", "c", "d", "e"].flatMap((tenant) => [0, 1, 2, 3, 4].map((at) => ask(tenant, at)))
        await append(world(), a, others)
      }
      // Whoever holds since the longest is done, and one of them at each tick.
      const [first] = await a.permits("t")
      served.push(first!.path)
      waited.set(first!.path, tick)
      await append(world(), a, [release(key, first!.path)])
    }
    for (const tenant of ["b", "c", "d", "e"]) {
      const ends = [0, 1, 2, 3, 4].map((at) => waited.get(`${tenant}${at}`)! - 10)
      // Four hold when it asks, then each of the five has one turn before each of its own.
      ends.forEach((end, at) => expect(end).toBeLessThanOrEqual(4 + 5 * (at + 1)))
    }
    // Between the same keys, arrival decides.
    expect(served.filter((path) => path.startsWith("a"))).toEqual(flood.map((_, at) => `a${at}`))
  })
}
