/** Limits that come from sources that fail, on virtual time: who waits, who fails, who is left alone. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { type LimitSource, mutex, type RunHandle, semaphore, task, workflow } from "../../mod.ts"
import { LimitUnavailable } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const fault = (code: string): Error => Object.assign(new Error(`it answers ${code}`), { code })

const missing = new LimitUnavailable({ reason: "NotFound", message: 'The limit is missing in map cm, key "wf"' })

/** A source that gives these answers one after the other, and the last one again and again. */
class Scripted implements LimitSource {
  readonly _tag = "LimitSource"
  readonly describe = 'map cm, key "wf"'
  reads = 0
  changed: () => void = () => {}
  answers: ReadonlyArray<unknown>

  constructor(...answers: ReadonlyArray<unknown>) {
    this.answers = answers
  }

  readonly read = (): Promise<unknown> => {
    const answer = this.answers[Math.min(this.reads++, this.answers.length - 1)]
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }

  /** Answers differently from now on. */
  become(...answers: ReadonlyArray<unknown>): void {
    this.reads = 0
    this.answers = answers
  }
}

/** As `Scripted`, and tells when it changes. */
class Watched extends Scripted {
  readonly watch = (changed: () => void) => {
    this.changed = changed
    return () => {
      this.changed = () => {}
    }
  }
}

/** Works for two seconds of virtual time and counts how many do so at once. */
const counting = () => {
  const seen = { open: 0, most: 0, begun: 0 }
  const body = Effect.acquireUseRelease(
    Effect.sync(() => {
      seen.begun++
      seen.most = Math.max(seen.most, ++seen.open)
    }),
    () => Effect.sleep("2 seconds"),
    () => Effect.sync(() => seen.open--)
  )
  return { seen, body }
}

const underSource = (limit: LimitSource, body = counting().body) =>
  workflow(
    "limited",
    { permits: [semaphore("cm/wf", { limit }).take()] },
    (w) => void w.node("main", task("main", { run: () => body }))
  )

const eachUnderSource = (limit: LimitSource, body: Effect.Effect<void>) => {
  const item = task("item", { permits: [semaphore("cm/tmpl", { limit }).take()], run: () => body })
  return workflow("each", {}, (w) => void w.map("L", [1, 2, 3, 4], item, () => undefined))
}

const reasons = async (run: RunHandle<unknown>, node?: string): Promise<string> =>
  (await run.why(node)).map(({ because }) => because).join()

test("v-1 while the limit cannot be read for the moment the run is Pending and says why, then it succeeds", async () => {
  const bed = new TestBed()
  const source = new Scripted(fault("ECONNREFUSED"), fault("ECONNREFUSED"), fault("SQLITE_BUSY"), 1)
  const run = await bed.settle(bed.open().start(underSource(source)))
  const began = bed.now
  for (const [reads, code] of [[1, "ECONNREFUSED"], [3, "SQLITE_BUSY"]] as const) {
    await bed.until(async () => source.reads === reads && (await reasons(run)).includes(code))
    expect((await run.status()).phase).toBe("Pending")
    expect(await run.nodes()).toEqual([])
  }
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(source.reads).toBe(4)
  // 100, 200 and 400 ms between reads, then the work.
  expect(bed.now - began).toBe(700 + 2000)
  expect(bed.events(run).filter((event) => "ending" in event && event.ending.phase !== "Succeeded")).toEqual([])
})

test("v-1 a source that stays away for an hour still serves who waits, as soon as it is back, without a hot loop", async () => {
  const bed = new TestBed()
  const source = new Scripted(fault("ECONNREFUSED"))
  const run = await bed.settle(bed.open().start(underSource(source)))
  const began = bed.now
  await bed.until(() => bed.now > began + 3_600_000)
  expect((await run.status()).phase).toBe("Pending")
  expect(source.reads).toBeLessThan(130)
  source.become(1)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(bed.now - began).toBeLessThan(3_600_000 + 60_000 + 2000)
})

test("v-1 nobody reads the limit any more once nobody waits for it", async () => {
  const bed = new TestBed()
  const source = new Scripted(fault("ECONNREFUSED"))
  const run = await bed.settle(bed.open().start(underSource(source)))
  await bed.until(() => source.reads === 3)
  await bed.settle(run.terminate())
  await bed.ended(run)
  await bed.until(() => bed.isIdle)
  expect(source.reads).toBeLessThan(14)
})

test("v-2 reads that fail in the middle leave who works alone, and never let more work than the last known limit", async () => {
  const bed = new TestBed()
  const source = new Scripted(2, fault("ECONNREFUSED"))
  const { body, seen } = counting()
  const pinnace = bed.open()
  const definition = eachUnderSource(source, body)
  const first = await bed.settle(pinnace.start(definition))
  await bed.until(async () => seen.open === 2 && (await waiting(first)).length === 2)
  expect(await reasons(first, (await waiting(first))[0])).toMatch(
    /waits for 1 of cm\/tmpl \(limit 2, 2 held by .*position [12]/
  )
  const second = await bed.settle(pinnace.start(definition))
  await bed.until(async () => (await pinnace.locks())[0]?.problem?.includes("ECONNREFUSED") === true)
  expect(seen.open).toBe(2)
  for (const one of [first, second]) expect((await bed.ended(one)).phase).toBe("Succeeded")
  expect(seen).toMatchObject({ most: 2, begun: 8 })
})

const waiting = async (run: RunHandle<unknown>): Promise<ReadonlyArray<string>> =>
  (await run.nodes()).flatMap(({ path, waiting }) => waiting === "Permit" ? [path] : [])

test.each([
  ["absent", missing, 'The limit is missing in map cm, key "wf"'],
  ["a key that is absent", undefined, 'The limit is missing in map cm, key "wf"'],
  ["a word", "abc", 'The limit in map cm, key "wf" is "abc": it must be a whole number, 0 or more'],
  ["negative", -1, 'The limit in map cm, key "wf" is -1'],
  ["refused", new Error("forbidden"), 'The limit cannot be read from map cm, key "wf": forbidden']
])(
  "v-3 a limit that is %s ends run and nodes in Error at once, with its source, key and value",
  async (_, answer, text) => {
    const bed = new TestBed()
    const source = new Scripted(answer)
    const whole = await bed.settle(bed.open().start(underSource(source)))
    expect(await bed.ended(whole)).toMatchObject({ phase: "Error", reason: "BadLimit" })
    expect((await whole.status()).message).toContain(text)
    expect(await whole.nodes()).toEqual([])
    expect(source.reads).toBe(1)
    const items = await bed.settle(bed.open().start(eachUnderSource(source, Effect.void)))
    expect((await bed.ended(items)).phase).toBe("Error")
    expect(await phases(items)).toEqual({
      L: "Error",
      "L[0]": "Error",
      "L[1]": "Error",
      "L[2]": "Error",
      "L[3]": "Error"
    })
    expect(await nodeOf(items, "L[0]")).toMatchObject({ reason: "BadLimit" })
    expect((await nodeOf(items, "L[0]")).message).toContain(text)
    await bed.until(() => bed.isIdle)
    expect(source.reads).toBeLessThan(6)
  }
)

test("v-3 a limit of 0 is no mistake: who asks waits and says so, until it is raised", async () => {
  const bed = new TestBed()
  const source = new Watched("0")
  const run = await bed.settle(bed.open().start(underSource(source)))
  await bed.until(async () => (await reasons(run)).includes("its limit is 0"))
  await bed.quiet()
  expect((await run.status()).phase).toBe("Pending")
  source.become("1")
  source.changed()
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("v-4 a raised limit wakes who waits at once; a lowered one takes nothing from anybody, and the next waits", async () => {
  const bed = new TestBed()
  const source = new Watched(1)
  const { body, seen } = counting()
  const definition = underSource(source, body)
  const pinnace = bed.open()
  const [first, second] = [await bed.settle(pinnace.start(definition)), await bed.settle(pinnace.start(definition))]
  await bed.until(async () => seen.open === 1 && (await reasons(second)).includes("limit 1"))
  const raised = bed.now
  source.become(2)
  source.changed()
  await bed.until(() => seen.open === 2)
  expect(bed.now - raised).toBeLessThan(1000)
  source.become(1)
  source.changed()
  const third = await bed.settle(pinnace.start(definition))
  await bed.until(async () => (await reasons(third)).includes("limit 1, 2 held by"))
  await bed.quiet()
  expect(await Promise.all([first, second, third].map(async (it) => (await it.status()).phase))).toEqual([
    "Running",
    "Running",
    "Pending"
  ])
  for (const it of [first, second, third]) expect((await bed.ended(it)).phase).toBe("Succeeded")
  expect(seen).toMatchObject({ most: 2, begun: 3 })
})

test("v-5 a mutex is kept through attempts, back-off and a restart; then by priority, then by arrival", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const again = task("again", {
    permits: [mutex("m").take()],
    hold: "node",
    retry: { limit: 2, backoff: { duration: "2 seconds", factor: 1 } },
    run: (_, { attempt, run }) => {
      log.push(`${run} ${attempt}`)
      if (run === "first" && attempt < 3) throw new Error("not yet")
    }
  })
  const definition = workflow("again", {}, (w) => void w.node("main", again))
  const before = bed.open({ workflows: [definition] })
  await bed.settle(before.start(definition, undefined, { id: "first" }))
  await bed.until(() => log.length === 1)
  for (const [id, priority] of [["second", 0], ["third", 0], ["urgent", 9]] as const) {
    const run = await bed.settle(before.start(definition, undefined, { id, priority }))
    await bed.until(async () => (await run.nodes())[0]?.waiting === "Permit")
  }
  bed.crash(before)
  const after = bed.open({ workflows: [definition] })
  // The commit that would give the mutex back fails with its process: the next life gives it back instead.
  bed.disk.fault = ({ writes }) =>
    writes.some(({ kind }) => kind === "release") ? { what: "kill", when: "before" } : undefined
  await bed.until(() => log.length === 3)
  await bed.until(() => !bed.disk.members.has(after.engine.host.journal.process))
  bed.disk.fault = undefined
  bed.crash(after)
  const last = bed.open({ workflows: [definition] })
  for (const id of ["first", "second", "third", "urgent"]) {
    expect((await bed.ended((await last.get(id))!)).phase).toBe("Succeeded")
  }
  expect(log).toEqual(["first 1", "first 2", "first 3", "first 3", "urgent 1", "second 1", "third 1"])
  expect(await last.locks()).toMatchObject([{ name: "m", held: 0, holders: [], queue: [] }])
})

test("v-6 a source that first fails for the moment and then for good: who waits goes on waiting, then ends in Error", async () => {
  const bed = new TestBed()
  const source = new Scripted(fault("ETIMEDOUT"), fault("EAI_AGAIN"), "many")
  const run = await bed.settle(bed.open().start(eachUnderSource(source, Effect.void)))
  await bed.until(() => source.reads === 2)
  await bed.until(async () => (await reasons(run, "L[0]")).includes("EAI_AGAIN"))
  expect(await phases(run)).toMatchObject({ L: "Running", "L[0]": "Pending" })
  await bed.ended(run)
  expect(await nodeOf(run, "L[3]")).toMatchObject({ phase: "Error", reason: "BadLimit" })
  expect((await nodeOf(run, "L[3]")).message).toContain('map cm, key "wf" is "many"')
})

test("A limit that is mended serves the next who ask, and who failed can be retried", async () => {
  const bed = new TestBed()
  const source = new Scripted(missing)
  const run = await bed.settle(bed.open().start(eachUnderSource(source, Effect.void)))
  expect((await bed.ended(run)).phase).toBe("Error")
  source.become(1)
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("LK-07 a node that failed because of its limit leaves nothing behind in the queue, and no permit is lost to it", async () => {
  const bed = new TestBed()
  const source = new Scripted(missing)
  const limited = semaphore("s", { limit: source })
  const pinnace = bed.open()
  const definition = workflow("two", {}, (w) => {
    w.node("limited", task("limited", { permits: [limited.take()], run: () => {} }))
    w.suspend("door")
  })
  const run = await bed.settle(pinnace.start(definition))
  await bed.until(async () => (await phases(run))["limited"] === "Error")
  await bed.quiet()
  expect(await pinnace.locks()).toEqual([{
    name: "s",
    source: expect.any(String),
    problem: expect.any(String),
    held: 0,
    holders: [],
    queue: []
  }])
  source.become(1)
  const again = workflow("again", {}, (w) => void w.node("a", task("a", { permits: [limited.take()], run: () => {} })))
  expect((await bed.play(again, undefined, pinnace)).ending.phase).toBe("Succeeded")
  expect(await pinnace.locks()).toMatchObject([{ limit: 1, held: 0, holders: [], queue: [] }])
})

test("A source that throws, or dies as an Effect, is one that cannot be read", async () => {
  const rude: ReadonlyArray<LimitSource["read"]> = [
    () => {
      throw new Error("thrown")
    },
    () => Effect.die(new Error("died")),
    () => Effect.fail({ _tag: "Odd" })
  ]
  for (const read of rude) {
    const bed = new TestBed()
    const { ending } = await bed.play(underSource({ _tag: "LimitSource", describe: "a rude source", read }))
    expect(ending).toMatchObject({ phase: "Error", reason: "BadLimit" })
    expect(ending.message).toContain("a rude source")
  }
})

test("A process whose own source is broken does not keep the limit from another one for ever", async () => {
  const bed = new TestBed()
  const [well, broken] = [new Scripted(1), new Scripted(missing)]
  const [one, other] = [bed.open(), bed.open()]
  expect((await bed.play(underSource(well), undefined, one)).ending.phase).toBe("Succeeded")
  await bed.play(underSource(broken), undefined, other)
  expect((await bed.play(underSource(well), undefined, one)).ending.phase).toBe("Succeeded")
})

test("A source that cannot be watched is read once a second at most, and that often while somebody waits", async () => {
  const bed = new TestBed()
  const source = new Scripted(0, 0, 0, 2)
  const quick = task("quick", { permits: [semaphore("cm/q", { limit: source }).take()], run: () => Effect.void })
  const items = Array.from({ length: 100 }, (_, at) => at)
  const many = workflow("many", {}, (w) => void w.map("L", items, quick, () => undefined))
  const began = bed.now
  const { ending } = await bed.play(many)
  expect([ending.phase, source.reads, bed.now - began]).toEqual(["Succeeded", 4, 3_000])
})

/** A source whose reads are answered by the test, one by one. */
class Asked extends Watched {
  readonly open: Array<PromiseWithResolvers<unknown>> = []

  override readonly read = (): Promise<unknown> => {
    const read = Promise.withResolvers<unknown>()
    this.open.push(read)
    return read.promise
  }
}

test("A change of the source that comes while it is read is not lost", async () => {
  const bed = new TestBed()
  const source = new Asked()
  const run = await bed.settle(bed.open().start(underSource(source)))
  await bed.until(() => source.open.length === 1)
  source.changed()
  source.open[0]!.resolve(0)
  await bed.until(() => source.open.length === 2)
  source.open[1]!.resolve(1)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("A failure that was read before somebody asked does not fail them: it is read again", async () => {
  const bed = new TestBed()
  const [source, pinnace] = [new Asked(), bed.open()]
  const early = await bed.settle(pinnace.start(underSource(source)))
  await bed.until(() => source.open.length === 1)
  const late = await bed.settle(pinnace.start(underSource(source)))
  await bed.until(async () => await reasons(late) !== "" && (await late.status()).phase === "Pending")
  await bed.quiet()
  source.open[0]!.reject(missing)
  expect((await bed.ended(early)).phase).toBe("Error")
  await bed.until(() => source.open.length === 2)
  source.open[1]!.resolve(1)
  expect((await bed.ended(late)).phase).toBe("Succeeded")
})

test("A change of the source ends the wait before it is tried again", async () => {
  const bed = new TestBed()
  const source = new Watched(...Array.from({ length: 8 }, () => fault("ECONNREFUSED")))
  const run = await bed.settle(bed.open().start(underSource(source)))
  await bed.until(() => source.reads === 7)
  source.become(1)
  source.changed()
  const mended = bed.now
  await bed.until(async () => (await run.status()).phase === "Running")
  expect(bed.now - mended).toBeLessThan(100)
})
