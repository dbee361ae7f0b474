import { type Answered, answersOf } from "../journal/answers.ts"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import type { JournalShape, Notice, Write } from "../../src/journal/Journal.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { append, createRun, rate, release, request, semaphore } from "../journal/JournalWorld.ts"
import { makeDisk, openMemory } from "../../src/journal/memory.ts"
import { drawTakes } from "../lock/queue.ts"
import { type Random, seeded } from "../run/random.ts"
import { Child, hasRuntime, makeDirectory, runtime } from "./Child.ts"
import type { Runtime } from "./Child.ts"

const open = (file: string): JournalShape & Answered => {
  const journal = answersOf(openSqlite(file))
  onTestFinished(() => journal.close())
  return journal
}

const heard = (journal: JournalShape & Answered, type: Notice["type"]): Promise<Notice> =>
  new Promise((resolve) => journal.subscribe((notice) => notice.type === type && resolve(notice)))

/** A process whose run holds the mutex `m`, on a new file. */
const holding = async (name?: Runtime) => {
  const file = join(makeDirectory(), "state.db")
  const holder = new Child(name)
  const process = await holder.call("open", file)
  const run = await holder.call("create", "holder")
  await holder.call("limit", "m", 1)
  await holder.call("request", run, "x", "m")
  await holder.notice("granted")
  return { file, holder, process, run }
}

const waiting = async (file: string): Promise<JournalShape & Answered> => {
  const journal = open(file)
  const world = { tick: () => new Promise<void>((resume) => setImmediate(resume)) }
  const { key } = await createRun(
    { ...world, open: () => journal, fence: () => {}, dispose: () => {} },
    journal,
    "waiter"
  )
  journal.append([request(key, "y", "m")])
  journal.flush()
  return journal
}

/** A request, a release or another limit. */
const drawWrite = (random: Random, run: number): Write => {
  const path = `n${random.below(12)}`
  const kind = random.below(10)
  if (kind < 5) return request(run, path, drawTakes(random), random.below(3))
  if (kind < 9) return release(run, path)
  return semaphore(random.pick(["a", "b", "c"]), random.below(5))
}

it.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "random histories lead to the same holders and queues as in memory (P5, seed %i)",
  async (seed) => {
    const random = seeded(seed)
    const turns: Array<() => void> = []
    const memory = answersOf(openMemory(makeDisk(), (run) => turns.push(run)))
    const file = answersOf(openSqlite(join(makeDirectory(), "state.db"), { durability: "process" }))
    const tick = async () => {
      for (const run of turns.splice(0)) run()
      await new Promise<void>((resume) => setImmediate(resume))
    }
    const world = { tick, open: () => file, fence: () => {}, dispose: () => {} }
    const runs = await Promise.all([memory, file].map(async (journal) => (await createRun(world, journal, "r")).key))
    for (let steps = 0; steps < 60; steps++) {
      const drawn = Array.from({ length: 1 + random.below(3) }, () => random.below(2 ** 30))
      const shown = await Promise.all([memory, file].map(async (journal, n) => {
        await append(world, journal, drawn.map((seed) => drawWrite(seeded(seed), runs[n]!)))
        return journal.permits().map(({ grantedAt, path, takes }) => ({ path, takes, holds: grantedAt > 0 }))
          .sort((a, b) => Number(b.holds) - Number(a.holds) || (a.holds ? a.path < b.path ? -1 : 1 : 0))
      }))
      expect(shown[1], `step ${steps}`).toEqual(shown[0])
    }
    file.close()
  }
)

describe("A process that is killed while it holds a permit", () => {
  it("frees it for a waiter of another process, which is told (N7, N10)", async () => {
    const { file, holder } = await holding()
    const waiter = await waiting(file)
    expect(waiter.permits().map(({ path }) => path)).toEqual(["x", "y"])
    const granted = heard(waiter, "granted")
    holder.signal("SIGKILL")
    expect(await granted).toMatchObject({ type: "granted", path: "y" })
    expect(waiter.permits()).toMatchObject([{ path: "y" }, { path: "x", grantedAt: 0, owner: null }])
  })

  it("keeps its place for whoever claims its run, when all processes are gone", async () => {
    const { file, holder, run } = await holding()
    const other = new Child()
    await other.call("open", file)
    await other.call("request", await other.call("create", "waiter"), "y", "m")
    other.signal("SIGKILL")
    holder.signal("SIGKILL")
    await Promise.all([other.end(), holder.end()])
    const next = open(file)
    expect(next.permits()).toMatchObject([{ path: "x", grantedAt: 0 }, { path: "y", grantedAt: 0 }])
    expect(next.claim({})).toHaveLength(2)
    expect(await heard(next, "granted")).toEqual({ type: "granted", run, path: "x" })
    expect(next.permits().map(({ path }) => path)).toEqual(["x", "y"])
  })
})

describe("A process that stands still while it holds a permit", () => {
  it("keeps it until it is declared dead, and then can do nothing to the next holder (J3, N7)", async () => {
    const { file, holder, process, run } = await holding()
    const waiter = await waiting(file)
    holder.signal("SIGSTOP")
    waiter.claim({})
    expect(waiter.permits()).toMatchObject([{ path: "x", owner: process }, { path: "y", grantedAt: 0 }])
    const db = new Database(file)
    db.exec(`DELETE FROM processes WHERE id = ${process}`)
    db.close()
    const granted = heard(waiter, "granted")
    waiter.claim({ workflows: [] })
    await granted
    holder.signal("SIGCONT")
    expect(await holder.call<string>("release", run, "x")).toBe("Fenced")
    expect(await holder.call<ReadonlyArray<string>>("queue")).toEqual(["y holds", "x"])
  })
})

const mixed: ReadonlyArray<Runtime> = ["node", "bun", "deno"]

describe.each(mixed.filter(hasRuntime))(`A ${runtime} process that waits for a permit held on %s`, (name) => {
  it("is woken by the release", async () => {
    const { file, holder, run } = await holding(name)
    const waiter = await waiting(file)
    const granted = heard(waiter, "granted")
    await holder.call("release", run, "x")
    expect(await granted).toMatchObject({ path: "y" })
    expect(await holder.call<ReadonlyArray<string>>("queue")).toEqual(["y holds"])
  })
})

describe("Several processes", () => {
  it("take turns with a mutex, never two at once, and all are served (N7)", async () => {
    const directory = makeDirectory()
    const file = join(directory, "state.db")
    const children = [new Child(), new Child(), new Child(), new Child()]
    await Promise.all(children.map((child) => child.call("open", file, { durability: "process" })))
    await children[0]!.call("limit", "m", 1)
    const collisions = await Promise.all(children.map(async (child, n) => {
      const run = await child.call("create", `r${n}`)
      return child.call("takeTurns", run, "x", "m", 50, join(directory, "inside"))
    }))
    expect(collisions).toEqual([0, 0, 0, 0])
    expect(await children[0]!.call<ReadonlyArray<string>>("queue")).toEqual([])
  })
})

describe("A rate whose bucket is full only tomorrow, since the clock was set back a day", () => {
  it("is stored anew with the first look, full one period from now at the latest (A7)", async () => {
    const file = join(makeDirectory(), "state.db")
    const journal = open(file)
    const world = { tick: () => new Promise<void>((resume) => setImmediate(resume)) }
    const { key } = await createRun({ ...world, open: () => journal, fence: () => {}, dispose: () => {} }, journal, "r")
    const hour = 3_600_000
    journal.append([rate("api", 1, hour), request(key, "1", "api"), request(key, "2", "api")])
    journal.flush()
    const db = new Database(file)
    db.exec(`UPDATE semaphores SET fullAt = fullAt + ${24 * hour}`)
    const told = heard(journal, "refill")
    journal.append([{ kind: "refill", name: "api", at: Date.now() }])
    journal.flush()
    const latest = Date.now() + hour
    expect(await told).toMatchObject({ at: expect.toSatisfy((at: number) => at <= latest) })
    const stored = db.prepare("SELECT fullAt FROM semaphores").get() as { readonly fullAt: number }
    db.close()
    expect(stored.fullAt).toBeLessThanOrEqual(latest)
  })
})
