/** Start policies on virtual time, in several processes, over crashes at any commit. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  type CallPolicies,
  every,
  type Pinnace,
  type RunHandle,
  schedule,
  Schema,
  signal,
  type StartPolicies,
  task,
  workflow
} from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { startSpace } from "../../src/run/starting.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { TestBed } from "./TestBed.ts"

interface Page {
  readonly tenant: string
  readonly page: number
}

const key = ({ tenant }: Page): string => tenant
const minute = 60_000

/** A workflow that works for a minute on a page, and notes when. */
const syncing = (start: StartPolicies<Page>, seen: Array<string> = []) => {
  const work = task("work", {
    input: { tenant: Schema.String, page: Schema.Number },
    output: Schema.Number,
    run: ({ page, tenant }) => {
      seen.push(`${tenant}${page}`)
      return Effect.as(Effect.sleep("1 minute"), page)
    }
  })
  return workflow(
    "sync",
    { input: { tenant: Schema.String, page: Schema.Number }, start },
    (w) => w.node("work", work, { needs: { it: w.input }, input: ({ it }) => it })
  )
}

const starter = (bed: TestBed, sync: ReturnType<typeof syncing>) => (pinnace: Pinnace, tenant: string, page: number) =>
  bed.settle(pinnace.start(sync, { tenant, page }))

/** Whether runs of a disk break that at most one of each key is open. */
const openTwice = (bed: TestBed): ReadonlyArray<string> => {
  const open = [...bed.disk.runs.values()].filter(({ phase }) => !isTerminal(phase))
  const keys = open.map(({ key }) => {
    const created = bed.disk.events.get(key)!.get(1)!
    return JSON.parse(created.data).input.tenant as string
  })
  return keys.filter((it, at) => keys.indexOf(it) !== at)
}

describe("Starts that wait for their turn", () => {
  const limits = { waitingStarts: 25 }
  const policies: Readonly<Record<string, StartPolicies<Page>>> = {
    throttle: { throttle: { limit: 1, per: "1 hour" } },
    queue: { singleton: { taken: "queue" } },
    debounce: { debounce: { key: ({ page }) => page, wait: "1 hour" } }
  }

  it.each(Object.keys(policies))("are bounded, whichever process lets them in: %s", async (name) => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const sync = syncing(policies[name]!, seen)
    const [one, two] = [bed.open({ workflows: [sync], limits }), bed.open({ workflows: [sync], limits })]
    const start = (pinnace: Pinnace, page: number) => pinnace.start(sync, { tenant: "acme", page })
    const first = name === "debounce" ? [] : [await bed.settle(start(one, 0))]
    // Runs that work, or have, are none that wait.
    if (name !== "debounce") await bed.until(() => seen.length === 1)
    for (let page = 1; page <= 20; page++) await bed.settle(start(one, page))
    const many = await bed.settle(Promise.allSettled(Array.from({ length: 20 }, (_, n) => start(two, 100 + n))))
    expect(many.filter(({ status }) => status === "fulfilled")).toHaveLength(5)
    const pending = () => [...bed.disk.runs.values()].filter(({ phase }) => phase === "Pending").length
    expect(pending()).toBe(25)
    for (const pinnace of [one, two]) {
      const refused = await bed.rejection(start(pinnace, 200))
      expect([refused._tag, refused.message]).toEqual([
        "Refused",
        'Cannot start "sync": 25 starts of it wait (limits.waitingStarts). Try again later'
      ])
    }
    // A start that joins one that waits is none more.
    if (name === "debounce") expect((await bed.settle(start(two, 3))).id).not.toBe("")
    // There is room again once one of them has begun.
    for (const run of first) await bed.ended(run)
    await bed.until(() => pending() < 25)
    await bed.settle(start(two, 300))
  })

  it("are missed by a schedule that finds no room, with the reason", async () => {
    const bed = new TestBed()
    const work = task("work", { run: () => Effect.sleep("1 day") })
    const slow = workflow("slow", { start: { singleton: { taken: "queue" } } }, (w) => void w.node("work", work))
    const pinnace = bed.open({
      limits: { waitingStarts: 1 },
      schedules: [schedule("often", every("1 minute"), slow, { overlap: "allow" })]
    })
    const often = pinnace.schedule("often")!
    await bed.until(async () => (await often.fires()).some((it) => it.outcome === "missed"))
    const fires = await often.fires()
    expect(fires.find((it) => it.outcome === "missed")?.why).toContain("limits.waitingStarts")
  })
})

describe("One start", () => {
  it("P8 P9: brings policies of its own, in the place of those of its workflow, with keys that are values", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key, taken: "refuse" } })
    const pinnace = bed.open({ workflows: [sync] })
    const start = (page: number, policy?: CallPolicies) =>
      pinnace.start(sync, { tenant: "acme", page }, policy === undefined ? {} : { policy })
    const first = await bed.settle(start(1))
    expect((await bed.settle(start(2, { singleton: { key: "acme", taken: "return" } }))).id).toBe(first.id)
    expect((await bed.rejection(start(2, { throttle: { limit: 1, per: "1 hour" } })))._tag).toBe("RunExists")
    const other = { singleton: { key: 7 }, debounce: { key: 7, wait: "10 seconds" } } as const
    const folded = await bed.settle(start(3, other))
    expect((await bed.settle(start(4, other))).id).toBe(folded.id)
    expect(folded.id).not.toBe(first.id)
    expect(await bed.settle(folded.result())).toBe(4)
    for (
      const [policy, says] of [
        [{ debounce: {} }, 'has a "debounce" that has no "wait"'],
        [{ throttle: { limit: 0, per: "1 hour" } }, 'a "limit" that is 0'],
        [{ throttle: { limit: 1, per: 0 } }, 'a "per" that is 0 ms'],
        [{ singleton: { key: {} } }, 'a "key" that is'],
        [{ singleton: { taken: "wait" } }, "taken"],
        [{ singelton: {} }, 'has "singelton", which is unknown. Did you mean "singleton"?'],
        [{ singleton: { takn: "return" } }, 'a "singleton" that has "takn", which is unknown. Did you mean "taken"?'],
        [{ debounce: { wait: "1 s", atmost: "1 s" } }, 'a "debounce" that has "atmost", which is unknown']
      ] as const
    ) {
      expect((await bed.rejection(start(1, policy as never))).message).toContain(says)
    }
  })

  it("brings a value for a node of whichever run it comes to, and starts that again where it has just ended", async () => {
    const bed = new TestBed()
    const go = signal("go", Schema.Number)
    const order = workflow("order", { start: { singleton: {} } }, (w) => w.suspend(go))
    const [one, two] = [bed.open({ workflows: [order] }), bed.open({ workflows: [order] })]
    const first = await bed.settle(one.start(order, undefined, { signal: { to: go, value: 1 } }))
    expect(await bed.settle(first.result())).toBe(1)
    // The first is there and waits; whoever starts it again from elsewhere wakes it.
    const second = await bed.settle(one.start(order))
    const woken = await bed.settle(two.start(order, undefined, { signal: { to: "go", value: 2 } }))
    expect(woken.id).toBe(second.id)
    expect(await bed.settle(second.result())).toBe(2)
    // Starts race with the end that a value before them brings: who is not refused has its value in the run it got.
    await bed.settle(one.start(order))
    const racing = [3, 4, 5].map(async (value) => {
      const run = await two.start(order, undefined, { signal: { to: go, value } })
      return [value, await run.result()] as const
    }).map((it) => it.catch(() => undefined))
    const pairs: Array<readonly [number, number]> = []
    for (const it of racing) {
      const pair = await bed.settle(it)
      if (pair !== undefined) pairs.push(pair)
    }
    expect(pairs.length).toBeGreaterThan(0)
    for (const [given, got] of pairs) expect(got).toBe(given)
  })

  it("brings a value to a new run before that begins: no run is started in its place, however it ends", async () => {
    const order = workflow("order", {}, (w) => void w.suspend(signal("go", Schema.Number), { when: () => false }))
    for (const leave of [false, true]) {
      for (const seed of [1, 2, 3, 7]) {
        const bed = new TestBed(seed)
        const [one] = [bed.open({ workflows: [order] }), bed.open({ workflows: [order] })]
        const run = await bed.settle(one.start(order, undefined, { leave, signal: { to: "go", value: 1 } }))
        expect((await bed.ended(run)).phase).toBe("Succeeded")
        expect(bed.disk.runs.size).toBe(1)
      }
    }
  })

  it("brings its value to the run of its id, once: the same again is the same, another one is refused", async () => {
    const bed = new TestBed()
    const go = signal("go", Schema.Number)
    const order = workflow("order", {}, (w) => w.suspend(go))
    const pinnace = bed.open({ workflows: [order] })
    const start = (value: number) => pinnace.start(order, undefined, { id: "a", signal: { to: go, value } })
    const run = await bed.settle(start(1))
    expect((await bed.settle(start(1))).id).toBe("a")
    expect((await bed.rejection(start(2))).message).toContain("has another value already")
    expect(await bed.settle(run.result())).toBe(1)
    expect((await bed.settle(start(1))).id).toBe("a")
    expect((await bed.rejection(start(2))).message).toContain("has another value already")
  })

  it("starts nothing for a value that no run of it could take", async () => {
    const bed = new TestBed()
    const go = signal("go", Schema.Number)
    const order = workflow("order", {}, (w) => void w.suspend(go))
    const pinnace = bed.open({ workflows: [order] })
    for (
      const [given, says] of [
        [{ to: go, value: "x" }, "does not match its schema"],
        [{ to: "go", value: "x" }, 'with a value for node "go": The value for node "go" does not match its schema'],
        [{ to: "gone", value: 1 }, 'with a value for node "gone": there is no node "gone"; did you mean "go"?'],
        [{ to: "go", value: 1n }, "the signal of a start"],
        [{ to: 5 }, "is 5"]
      ] as const
    ) {
      const wrong = await bed.rejection(pinnace.start(order, undefined, { signal: given as never }))
      expect(wrong.message).toContain(says)
    }
    expect(bed.disk.runs.size).toBe(0)
  })

  it("is about the key that the workflow makes, where it names none", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key } })
    const pinnace = bed.open({ workflows: [sync] })
    const start = (tenant: string) =>
      pinnace.start(sync, { tenant, page: 1 }, { policy: { singleton: { taken: "refuse" } } })
    const first = await bed.settle(pinnace.start(sync, { tenant: "acme", page: 1 }))
    expect((await bed.rejection(start("acme"))).message).toContain(`for key "acme": run ${first.id} has not ended`)
    expect((await bed.settle(start("other"))).id).not.toBe(first.id)
  })

  it("may refuse to start a second run of a workflow that has no policies", async () => {
    const bed = new TestBed()
    const order = workflow("order", {}, (w) => void w.suspend(signal("go", Schema.Number)))
    const pinnace = bed.open({ workflows: [order] })
    const start = () => pinnace.start(order, undefined, { policy: { singleton: { taken: "refuse" } } })
    const first = await bed.settle(start())
    const refused = await bed.rejection(start())
    expect(refused._tag).toBe("RunExists")
    expect(refused.message).toContain(`run ${first.id} has not ended (singleton, taken: "refuse")`)
  })
})

describe("A singleton", () => {
  it("P8: gives the open run of its key, in any process, and a new one after its end", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key } })
    const [one, two] = [bed.open({ workflows: [sync] }), bed.open({ workflows: [sync] })]
    const start = starter(bed, sync)
    const first = await start(one, "acme", 1)
    expect((await start(two, "acme", 2)).id).toBe(first.id)
    expect((await start(two, "other", 2)).id).not.toBe(first.id)
    expect(await bed.settle(first.result())).toBe(1)
    const next = await start(two, "acme", 3)
    expect(next.id).not.toBe(first.id)
    expect(await bed.settle(next.result())).toBe(3)
  })

  it("P8: refuses with the handle of the open run", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key, taken: "refuse" } })
    const pinnace = bed.open({ workflows: [sync] })
    const first = await starter(bed, sync)(pinnace, "acme", 1)
    const error = await bed.rejection(pinnace.start(sync, { tenant: "acme", page: 2 }))
    expect(error._tag).toBe("RunExists")
    expect(error.message).toBe(
      `Cannot start "sync" for key "acme": run ${first.id} has not ended (singleton, taken: "refuse"). ` +
        "Wait for its end, or stop it"
    )
    expect(error.run.id).toBe(first.id)
  })

  it("P8: the same id is the same run, whatever is open", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key, taken: "refuse" } })
    const pinnace = bed.open({ workflows: [sync] })
    const start = () => bed.settle(pinnace.start(sync, { tenant: "acme", page: 1 }, { id: "a" }))
    expect((await start()).id).toBe((await start()).id)
    await bed.settle((await start()).result())
    expect(await bed.settle((await start()).result())).toBe(1)
  })

  it("P8: queues behind the open run: one works at a time, in the order of their starts", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const sync = syncing({ singleton: { key, taken: "queue" } }, seen)
    const pinnace = bed.open({ workflows: [sync] })
    const runs: Array<RunHandle<number>> = []
    const began = bed.now
    for (const page of [1, 2, 3]) runs.push(await starter(bed, sync)(pinnace, "acme", page))
    await bed.until(async () => (await runs[0]!.status()).phase === "Running")
    expect((await runs[1]!.why())[0]!.because).toContain("start/sync/acme")
    for (const run of runs) expect((await bed.ended(run)).phase).toBe("Succeeded")
    expect(seen).toEqual(["acme1", "acme2", "acme3"])
    expect(bed.now - began).toBeGreaterThanOrEqual(3 * minute)
    expect(await bed.settle(pinnace.locks())).toEqual([])
  })

  it("P8: replaces: the former run is stopped, and the new one begins after its end", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const sync = syncing({ singleton: { key, taken: "replace" } }, seen)
    const [one, two] = [bed.open({ workflows: [sync] }), bed.open({ workflows: [sync] })]
    const first = await starter(bed, sync)(one, "acme", 1)
    await bed.until(() => seen.length === 1)
    const second = await starter(bed, sync)(two, "acme", 2)
    const third = await starter(bed, sync)(two, "acme", 3)
    expect(await bed.ended(first)).toMatchObject({ phase: "Failed", reason: "Stopped" })
    expect(await bed.ended(second)).toMatchObject({ phase: "Failed", reason: "Stopped" })
    expect(await bed.settle(third.result())).toBe(3)
    expect(bed.rowOf(first).message).toContain(`Run ${second.id} takes its place`)
  })

  it("P8: a run is opened again only while no other one of its key is open", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key } })
    const pinnace = bed.open({ workflows: [sync] })
    const start = starter(bed, sync)
    const first = await start(pinnace, "acme", 1)
    await bed.settle(first.stop())
    await bed.ended(first)
    const second = await start(pinnace, "acme", 2)
    const refusal = await bed.rejection(first.retry())
    expect(refusal.message).toBe(
      `Cannot retry run ${first.id}: run ${second.id} of the same key is open (singleton)`
    )
    await bed.ended(second)
    await bed.settle(first.retry())
    expect((await start(pinnace, "acme", 3)).id).toBe(first.id)
    expect(await bed.settle(first.result())).toBe(1)
    const third = await bed.settle(second.resubmit())
    expect((await bed.rejection(second.resubmit())).run.id).toBe(third.id)
  })

  it("P8: holds at each commit, in any number of processes that crash at any of them", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const bed = new TestBed(seed)
      const random = makeRandom(seed)
      const sync = syncing({ singleton: { key } })
      const open = () => bed.open({ workflows: [sync] })
      let processes = [open(), open(), open()]
      bed.disk.fault = () => random() < 0.02 ? { when: random() < 0.5 ? "before" : "after", what: "kill" } : undefined
      for (let at = 0; at < 30; at++) {
        processes = processes.map((it) => bed.isDead(it) ? open() : it)
        const starts = processes.map((it, page) =>
          it.start(sync, { tenant: random() < 0.5 ? "a" : "b", page }).catch(() => undefined)
        )
        await bed.quiet()
        expect(openTwice(bed)).toEqual([])
        if (random() < 0.4) bed.elapse(minute)
        void starts
      }
    }
  })
})

describe("Debounced starts", () => {
  const debounce = { key, wait: "2 seconds", atMost: "5 seconds" } as const

  it("P9: are one run, which begins with the last input", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const sync = syncing({ debounce }, seen)
    const [one, two] = [bed.open({ workflows: [sync] }), bed.open({ workflows: [sync] })]
    const first = await starter(bed, sync)(one, "acme", 1)
    expect((await first.why())[0]!.because).toMatch(/^it waits for further starts \(debounce\) until /)
    bed.elapse(1_000)
    const other = await starter(bed, sync)(two, "other", 9)
    const second = await starter(bed, sync)(two, "acme", 2)
    expect(second.id).toBe(first.id)
    expect(other.id).not.toBe(first.id)
    expect(await bed.settle(second.result())).toBe(2)
    expect(seen.filter((it) => it.startsWith("acme"))).toEqual(["acme2"])
    expect(bed.events(first, "RunInputReplaced")).toHaveLength(1)
    const third = await starter(bed, sync)(one, "acme", 3)
    expect(third.id).not.toBe(first.id)
    expect(await bed.settle(third.result())).toBe(3)
  })

  it("P9: begin no later than atMost after the first of them", async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const sync = syncing({ debounce }, seen)
    const pinnace = bed.open({ workflows: [sync] })
    const first = await starter(bed, sync)(pinnace, "acme", 0)
    const began = bed.now
    for (let page = 1; bed.now < began + 4_500; page++) {
      bed.elapse(500)
      expect((await starter(bed, sync)(pinnace, "acme", page)).id).toBe(first.id)
    }
    await bed.settle(first.result())
    expect(bed.rowOf(first).startedAt - began).toBe(5_000)
    expect(seen).toEqual(["acme9"])
  })

  it("P9: keep the last input over the crash of whoever executes the run", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const bed = new TestBed(seed)
      const random = makeRandom(seed)
      const sync = syncing({ debounce })
      const open = () => bed.open({ workflows: [sync] })
      const first = open()
      const run = await starter(bed, sync)(first, "acme", 1)
      expect((await starter(bed, sync)(open(), "acme", 2)).id).toBe(run.id)
      bed.disk.fault = () => random() < 0.3 ? { when: random() < 0.5 ? "before" : "after", what: "kill" } : undefined
      for (let at = 0; at < 12; at++) {
        open()
        bed.elapse(1_000)
        await bed.quiet()
      }
      bed.disk.fault = undefined
      const last = open()
      expect(await bed.settle((await last.get(run.id))!.result())).toBe(2)
    }
  })

  it("P9: that are stopped before they begin make room for another run", async () => {
    const bed = new TestBed()
    const sync = syncing({ debounce })
    const pinnace = bed.open({ workflows: [sync] })
    const first = await starter(bed, sync)(pinnace, "acme", 1)
    await bed.settle(first.stop())
    const second = await starter(bed, sync)(pinnace, "acme", 2)
    expect(second.id).not.toBe(first.id)
    expect(await bed.settle(second.result())).toBe(2)
    expect((await bed.ended(first)).reason).toBe("Stopped")
  })

  it("P9: that are terminated before they begin, and retried, begin with the last input, or the given one", async () => {
    for (const given of [undefined, { tenant: "acme", page: 9 }]) {
      const bed = new TestBed()
      const seen: Array<string> = []
      const sync = syncing({ debounce: { key, wait: "1 minute" } }, seen)
      const pinnace = bed.open({ workflows: [sync] })
      const start = starter(bed, sync)
      const run = await start(pinnace, "acme", 1)
      await start(pinnace, "acme", 2)
      await bed.settle(run.terminate())
      await bed.ended(run)
      await bed.settle(run.retry(given === undefined ? {} : { input: given }))
      await bed.ended(run)
      expect(seen).toEqual([given === undefined ? "acme2" : "acme9"])
      // A retry of one that has begun changes nothing.
      await bed.settle(run.retry({ nodes: ["work"], restartSuccessful: true }))
      await bed.ended(run)
      expect(seen).toHaveLength(2)
      expect(seen[1]).toBe(seen[0])
    }
  })
})

describe("A throttle", () => {
  const throttle = { key, limit: 2, per: "10 minutes" } as const

  it("P10: lets two of a key begin at once, and then one after the other, over crashes", async () => {
    const bed = new TestBed()
    const sync = syncing({ throttle })
    const [one, two] = [bed.open({ workflows: [sync] }), bed.open({ workflows: [sync] })]
    const began = bed.now
    const runs: Array<RunHandle<number>> = []
    for (let page = 0; page < 5; page++) runs.push(await starter(bed, sync)(page % 2 === 0 ? one : two, "acme", page))
    const other = await starter(bed, sync)(one, "other", 1)
    expect((await runs[3]!.why())[0]!.because).toMatch(/^it waits for its turn \(throttle\) until /)
    bed.crash(one)
    const three = bed.open({ workflows: [sync] })
    const begins: Array<number> = []
    for (const run of runs) {
      await bed.ended((await three.get(run.id))!)
      begins.push((bed.rowOf(run).startedAt - began) / minute)
    }
    expect(begins).toEqual([0, 0, 5, 10, 15])
    expect(bed.rowOf(other).startedAt - began).toBeLessThan(minute)
  })

  it("P10: is kept by elapsed time, whatever the clock does in between", async () => {
    const bed = new TestBed()
    const sync = syncing({ throttle })
    const pinnace = bed.open({ workflows: [sync] })
    const year = 365 * 24 * 60 * minute
    bed.setClock(year)
    for (let page = 0; page < 2; page++) await starter(bed, sync)(pinnace, "acme", page)
    bed.setClock(-year)
    const began = bed.now
    const third = await starter(bed, sync)(pinnace, "acme", 3)
    await bed.ended(third)
    // No time is known to have passed, so it waits for its whole turn, and for no longer.
    expect((bed.rowOf(third).startedAt - began) / minute).toBe(5)
  })

  it("keeps a run pending that may take less time than its turn needs to come", async () => {
    const bed = new TestBed()
    const short = workflow(
      "short",
      { start: { throttle: { limit: 1, per: "1 hour" } }, timeout: "5 minutes" },
      (w) => w.suspend("rest", { duration: "1 minute" })
    )
    const pinnace = bed.open({ workflows: [short] })
    const runs = [await bed.settle(pinnace.start(short)), await bed.settle(pinnace.start(short))]
    for (const run of runs) expect((await bed.ended(run)).phase).toBe("Succeeded")
  })
})

describe("Whose policies these are", () => {
  it("a line is of one workflow and key, whatever their names are", async () => {
    const bed = new TestBed()
    const start = { singleton: { key: ({ tenant }: { readonly tenant: string }) => tenant, taken: "queue" } } as const
    const waiting = (name: string) =>
      workflow(name, { input: { tenant: Schema.String }, start }, (w) => void w.suspend("rest", { duration: "1 hour" }))
    const [one, other] = [waiting("a"), waiting("a/b")]
    const pinnace = bed.open({ workflows: [one, other] })
    await bed.settle(pinnace.start(one, { tenant: "b/c" }))
    const second = await bed.settle(pinnace.start(other, { tenant: "c" }))
    await bed.quiet()
    expect((await second.status()).phase).toBe("Running")
  })

  it("an input only becomes that of a run of the same version", async () => {
    const bed = new TestBed()
    const seen: Array<unknown> = []
    const start = { debounce: { wait: "1 minute" } } as const
    const order = <S extends typeof Schema.Number | typeof Schema.String>(version: string, of: S) => {
      const note = task("note", { input: of as typeof Schema.Number, run: (it) => void seen.push(it) })
      return workflow("order", { version, input: of as typeof Schema.Number, start }, (w) => {
        w.node("note", note, { input: w.input })
      })
    }
    const [one, two] = [order("1", Schema.Number), order("2", Schema.String)]
    const pinnace = bed.open({ workflows: [one, two] })
    const runs = [await bed.settle(pinnace.start(one, 1)), await bed.settle(pinnace.start(two, "two" as never))]
    for (const run of runs) await bed.settle(run.result())
    expect(seen.sort()).toEqual([1, "two"])
  })

  it("a node that starts a run is given the id of the run that it became", async () => {
    const bed = new TestBed()
    const child = workflow("child", { start: { singleton: {} } }, (w) => void w.suspend("rest", { duration: "1 hour" }))
    const parent = workflow("parent", {}, (w) => w.run("go", child, { wait: false }))
    const pinnace = bed.open({ workflows: [child, parent] })
    const { id } = await bed.settle(pinnace.start(child))
    expect(await bed.settle((await bed.settle(pinnace.start(parent))).result())).toBe(id)
  })
})

describe("What policies leave", () => {
  it("goes with the starts of other keys", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key }, throttle: { key, limit: 1, per: "1 minute" } })
    const pinnace = bed.open({ workflows: [sync] })
    for (let at = 0; at < 40; at++) {
      await bed.settle((await starter(bed, sync)(pinnace, `key ${at % 20}`, at)).result())
      bed.elapse(minute)
    }
    await bed.quiet()
    expect(bed.disk.cells.list(startSpace).length).toBeLessThan(16)
  })
})

describe("Runs of schedules", () => {
  const input = ({ at }: { readonly at: Date }) => ({ tenant: "acme", page: at.getTime() / minute })

  it("are skipped with the reason while a run of their key is open", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key } })
    const beat = schedule("beat", every("1 minute"), sync, { input, overlap: "allow" })
    const pinnace = bed.open({ workflows: [sync], schedules: [beat] })
    const own = await starter(bed, sync)(pinnace, "acme", 0)
    await bed.until(() => bed.now >= 17 * minute)
    await bed.quiet()
    const [fire] = await bed.settle(pinnace.schedule(beat).fires())
    expect(fire).toMatchObject({
      outcome: "missed",
      why: `Cannot start "sync": run ${own.id} has not ended (singleton, taken: "return"). Wait for its end, or stop it`
    })
  })

  it("become the run that waits for further starts", async () => {
    const bed = new TestBed()
    const sync = syncing({ debounce: { key, wait: "90 seconds" } })
    const beat = schedule("beat", every("1 minute"), sync, { input, overlap: "allow" })
    const pinnace = bed.open({ workflows: [sync], schedules: [beat] })
    await bed.until(() => bed.now >= 19 * minute)
    await bed.quiet()
    const fires = await bed.settle(pinnace.schedule(beat).fires())
    expect(new Set(fires.map(({ run }) => run)).size).toBe(1)
    expect(fires.every(({ outcome }) => outcome === "started")).toBe(true)
  })
})

describe("Start policies", () => {
  it("are refused where they cannot be", async () => {
    const bed = new TestBed()
    const bad = workflow(
      "bad",
      { start: { debounce: { wait: 0 }, throttle: { limit: 0, per: -1 } } },
      (w) => w.suspend("rest", { duration: "1 minute" })
    )
    const error = await bed.rejection(bed.open().start(bad))
    expect(error.message).toContain("Its start policies cannot be used: the wait of debounce")
    expect(error.message).toContain("the limit of throttle")
    expect(() => workflow("worse", { start: { singleton: { taken: "wait" as never } } }, () => {})).toThrow(
      'Cannot use "start" of the options of workflow "worse"'
    )
  })

  it("whose key cannot be made start nothing", async () => {
    const bed = new TestBed()
    const sync = syncing({ singleton: { key: () => ({}) as never } })
    const error = await bed.rejection(bed.open().start(sync, { tenant: "a", page: 1 }))
    expect(error._tag).toBe("InvalidInput")
    expect(error.message).toContain('The key of a start policy of workflow "sync" cannot be made')
  })
})
