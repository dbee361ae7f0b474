/** Contract cases of permits between processes: hand-over, the dead, fencing, claims (J3, J5, N7). */
import { expect, it } from "vitest"
import { type Capacity, grant, isOfKey } from "../../src/lock/grant.ts"
import type { Asked } from "./answers.ts"
import type { OwnedPermit } from "../../src/journal/Journal.ts"
import type { RunRow } from "../../src/run/State.ts"
import { drawTakes, names, sum } from "../lock/queue.ts"
import { type Random, seeded } from "../run/random.ts"
import { queueOf, settle, told } from "./journalPermits.ts"
import { append, close, createRun, noticesOf, reasonOf, release, request, semaphore, until } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalPermitOwners = (world: () => JournalWorld): void => {
  handOver(world)
  dead(world)
  former(world)
  claims(world)
  histories(world)
}

/**
 * Two processes with a run each; the first one's node `x` holds the mutex `m`, and the second one's `y` waits for it.
 */
const contended = async (world: JournalWorld) => {
  const [a, b] = [await world.open(), await world.open()]
  const [ofA, ofB] = [await createRun(world, a, "a"), await createRun(world, b, "b")]
  await append(world, a, [semaphore("m", 1), request(ofA.key, "x", "m")])
  await append(world, b, [request(ofB.key, "y", "m")])
  return { a, b, ofA, ofB, toA: noticesOf(a), toB: noticesOf(b) }
}

const handOver = (world: () => JournalWorld): void => {
  it("a release in one process wakes the waiter in another, once, and nobody else", async () => {
    const { a, b, ofA, toA, toB } = await contended(world())
    expect(await queueOf(a)).toEqual(["x", "y"])
    await append(world(), a, [release(ofA.key, "x")])
    await until(world(), () => told(toB) !== "")
    expect(await queueOf(b)).toEqual(["y", ""])
    await append(world(), b, [request(ofA.key, "z", "m")])
    await settle(world())
    expect([told(toA), told(toB)]).toEqual(["", "y"])
  })

  it("permits() tells who executes each run, and a limit raised by one process wakes another", async () => {
    const { a, b, ofB, toB } = await contended(world())
    expect((await a.permits()).map(({ owner }) => owner)).toEqual([a.process, b.process])
    await append(world(), a, [semaphore("m", 2)])
    await until(world(), () => told(toB) === "y")
    expect(await a.break(ofB.key, "y")).toBe(true)
    expect(await queueOf(b)).toEqual(["x", ""])
  })
}

const dead = (world: () => JournalWorld): void => {
  it("close() frees what the runs of a process hold, for others at once", async () => {
    const { a, b, ofA, toB } = await contended(world())
    await close(a)
    await until(world(), () => told(toB) === "y")
    expect(await queueOf(b)).toEqual(["y", "x"])
    expect((await b.permits()).map(({ owner, run }) => [run === ofA.key, owner])).toEqual([[false, b.process], [
      true,
      null
    ]])
  })

  it("a process that was declared dead is granted nothing, not even before its runs are claimed (J3)", async () => {
    const { a, b, ofA, ofB, toB } = await contended(world())
    await world().fence(b)
    await append(world(), a, [release(ofA.key, "x")])
    expect(await queueOf(a)).toEqual(["", "y"])
    expect((await append(world(), b, [request(ofB.key, "z", "m")]))?.reason).toBe("Fenced")
    expect(await reasonOf(() => b.break(ofA.key, "x"))).toBe("Fenced")
    await settle(world())
    expect(told(toB)).toBe("")
    await append(world(), a, [request(ofA.key, "x", "m")])
    expect(await queueOf(a)).toEqual(["x", "y"])
  })

  it("a process that was declared dead loses what it holds to those that wait, and takes it back by no release (N7)", async () => {
    const { a, b, ofA, toB } = await contended(world())
    await world().fence(a)
    await b.claim({ workflows: ["another workflow"] })
    await until(world(), () => told(toB) === "y")
    expect((await append(world(), a, [release(ofA.key, "x")]))?.reason).toBe("Fenced")
    expect(await queueOf(b)).toEqual(["y", "x"])
    expect((await b.semaphores())[0]?.held).toBe(1)
  })
}

const former = (world: () => JournalWorld): void => {
  it("claim() after a death puts those that held before those that waited, whatever their priority (LK-01, v-5)", async () => {
    const [a, c] = [await world().open(), await world().open()]
    const { key } = await createRun(world(), a, "a")
    await append(world(), a, [semaphore("m", 1), request(key, "holder", "m")])
    await append(world(), a, [request(key, "urgent", "m", 9)])
    await world().fence(a)
    await c.claim({ run: key })
    expect(await queueOf(c)).toEqual(["holder", "urgent"])
    await append(world(), c, [request(key, "holder", "m")])
    expect(await queueOf(c)).toEqual(["holder", "urgent"])
  })
}

const claims = (world: () => JournalWorld): void => {
  it("claim() gives requests their old places back, so that who held first holds first again", async () => {
    const { a, b, ofA, ofB, toB } = await contended(world())
    const c = await world().open()
    const arrivals = (await a.permits()).map(({ arrival }) => arrival)
    await close(a)
    await close(b)
    expect(await queueOf(c)).toEqual(["", "x y"])
    const toldBefore = told(toB)
    const heard = noticesOf(c)
    const claimed = c.claim({ workflows: ["report"] })
    expect(heard).toEqual([])
    expect((await claimed).map(({ key }) => key)).toEqual([ofA.key, ofB.key])
    await until(world(), () => told(heard) !== "")
    await settle(world())
    expect([await queueOf(c), told(heard), told(toB)]).toEqual([["x", "y"], "x", toldBefore])
    expect((await c.permits()).map(({ arrival }) => arrival)).toEqual(arrivals)
  })

  it("release() frees what the runs hold; a claim of the runs waits for its turn", async () => {
    const { a, b, ofA, ofB, toA, toB } = await contended(world())
    await a.release([ofA.key])
    await until(world(), () => told(toB) === "y")
    expect(await a.claim({ workflows: ["report"] })).toHaveLength(1)
    await settle(world())
    expect([await queueOf(a), told(toA)]).toEqual([["y", "x"], ""])
    await append(world(), b, [release(ofB.key, "y")])
    await until(world(), () => told(toA) === "x")
    await a.release([ofA.key])
    expect(await a.claim({ workflows: ["report"] })).toHaveLength(1)
    await until(world(), () => told(toA) === "x x")
  })

  it("a request of a run that nobody executes keeps its place and is not served", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const free = await createRun(world(), a, "free", { owner: null })
    const own = await createRun(world(), a, "own")
    await append(world(), a, [semaphore("m", 1), request(free.key, "first", "m"), request(own.key, "second", "m")])
    expect(await queueOf(a)).toEqual(["second", "first"])
    await append(world(), a, [release(own.key, "second"), request(own.key, "third", "m")])
    expect(await queueOf(a)).toEqual(["third", "first"])
    await b.claim({ run: free.key })
    const heard = noticesOf(b)
    await append(world(), a, [request(own.key, "fourth", "m"), release(own.key, "third")])
    await until(world(), () => told(heard) === "first")
    expect(await queueOf(a)).toEqual(["first", "fourth"])
  })
}

/** One step of a history: something a process does to a run, or to a limit. */
const step = async (
  world: JournalWorld,
  random: Random,
  processes: ReadonlyArray<Asked>,
  runs: Array<RunRow>
) => {
  const journal = random.pick(processes)
  const run = random.pick(runs)
  const path = `n${random.below(6)}`
  const kind = random.below(12)
  if (kind === 0) return await journal.release([run.key])
  if (kind === 1) return void await journal.claim({ workflows: ["report"] })
  if (kind === 2) return void await journal.break(run.key, path)
  if (kind === 3) {
    const limit = random.chance(0.1) ? null : random.below(6)
    return append(world, journal, [semaphore(random.pick(names.filter(isRow)), limit)])
  }
  if (kind === 4 && random.chance(0.3)) {
    await append(world, journal, [{ kind: "run", row: { ...run, phase: "Failed" } }])
    runs[runs.indexOf(run)] = await createRun(world, journal, `${run.id}'`)
    return
  }
  const asks = Array.from(
    { length: 1 + random.below(3) },
    () =>
      random.chance(0.5)
        ? request(run.key, `n${random.below(6)}`, drawTakes(random), random.below(3))
        : release(run.key, `n${random.below(6)}`)
  )
  return append(world, journal, asks)
}

const held = async (journal: Asked): Promise<Map<string, number>> =>
  sum((await journal.permits()).filter((row) => row.grantedAt > 0))

const isWaiting = (row: OwnedPermit): boolean => row.grantedAt === 0 && row.owner !== null

/** Whether the limit of a name is a row of its own. */
const isRow = (name: string): boolean => !isOfKey({ name, weight: 1 })

const histories = (world: () => JournalWorld): void => {
  it("after each commit of random histories no limit is exceeded, and nothing can be granted that is not (N7)", async () => {
    const random = seeded(7)
    const processes = [await world().open(), await world().open()]
    const heard = processes.map(noticesOf)
    const runs: Array<RunRow> = []
    for (let n = 0; n < 4; n++) runs.push(await createRun(world(), processes[n % 2]!, `r${n}`))
    await append(world(), processes[0]!, names.filter(isRow).map((name) => semaphore(name, 3)))
    for (let steps = 0; steps < 300; steps++) {
      const before = await held(processes[0]!)
      await step(world(), random, processes, runs)
      const capacities = new Map<string, Capacity>((await processes[0]!.semaphores()).map((row) => [row.name, row]))
      const after = await held(processes[0]!)
      for (const name of names) if (!isRow(name)) capacities.set(name, { limit: 3, held: after.get(name) ?? 0 })
      for (const [name, { held, limit }] of capacities) {
        expect(held).toBe(after.get(name) ?? 0)
        expect(held).toBeLessThanOrEqual(Math.max(limit ?? 0, before.get(name) ?? 0))
      }
      const rows = await processes[1]!.permits()
      expect(grant(capacities, rows.filter(isWaiting))).toEqual([])
      expect(rows.filter((row) => row.grantedAt > 0 && row.owner === null)).toEqual([])
    }
    await settle(world())
    for (const row of (await processes[0]!.permits()).filter(({ grantedAt }) => grantedAt > 0)) {
      const owner = processes.findIndex(({ process }) => process === row.owner)
      const isTold = () =>
        told(heard[owner]!.filter((notice) => notice.type === "granted" && notice.run === row.run)).includes(row.path)
      // Another process hears through its doorbell, a moment after the
      // commit; one that never hears fails by the test's own time limit.
      await until(world(), isTold)
    }
  })
}
