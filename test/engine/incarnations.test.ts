/** A process that was declared dead goes on under another number: what the app holds of it goes on too. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { JournalError, Schema, semaphore, task, workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const log: Array<string> = []
const logged = (line: string) => Effect.sync(() => void log.push(line))

const first = task("first", { output: Schema.Number, run: () => 1 })
const slow = task("slow", {
  output: Schema.Number,
  run: () => Effect.onInterrupt(Effect.as(Effect.sleep("1 minute"), 7), () => logged("interrupted"))
})
const tick = task("tick", { run: () => Effect.sleep("1 second") })
const one = workflow("one", {}, (w) => {
  const before = w.node("first", first)
  const result = w.node("slow", slow, { after: [before] })
  w.node("tick", tick, { after: [before] })
  return result
})

/** A run of which `slow` is open. */
const begun = async (seed?: number) => {
  log.length = 0
  const bed = new TestBed(seed)
  bed.renew()
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  await bed.quiet()
  return { bed, pinnace, run }
}

test("A process that is alone takes its own runs over again; result, events and waitFor of a handle go on", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { bed, pinnace, run } = await begun(seed)
    const before = bed.numberOf(pinnace)
    const result = run.result()
    const waited = run.waitFor("slow")
    const seqs: Array<number> = []
    const followed = (async () => {
      for await (const { seq } of run.events()) seqs.push(seq)
    })()
    bed.fence(pinnace)
    expect((await bed.ended(run)).phase).toBe("Succeeded")
    expect([await bed.settle(result), (await bed.settle(waited)).phase]).toEqual([7, "Succeeded"])
    await bed.settle(followed)
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
    expect(bed.numberOf(pinnace)).toBeGreaterThan(before)
    expect(log).toEqual(["interrupted"])
    // What had ended is not run again.
    expect(bed.events(run, "NodeStarted").filter(({ path }) => path === "first").length).toBe(1)
    expect((await nodeOf(run, "slow")).attempt).toBe(1)
    expect(await bed.settle(pinnace.run(one))).toBe(7)
    await bed.settle(pinnace.close())
  }
})

test("What others have taken over stays theirs, and the handle waits for their end", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { bed, pinnace, run } = await begun(seed)
    const other = bed.open({ workflows: [one] })
    await bed.quiet()
    const result = run.result()
    bed.fence(pinnace)
    await bed.until(() => bed.rowOf(run).owner === bed.numberOf(other))
    expect(await bed.settle(result)).toBe(7)
    expect(bed.violations(run)).toEqual([])
    // It tells a run of its own what became of it by then, and works for others again.
    bed.crash(other)
    expect(await bed.settle(pinnace.run(one))).toBe(7)
  }
})

test("What is asked meanwhile waits until storage can be had again, however often it cannot", async () => {
  const { bed, pinnace, run } = await begun()
  let refusals = 0
  const unreachable = new JournalError({ reason: "Io", message: "Cannot reach it" })
  bed.renew((open) => Effect.suspend(() => ++refusals < 30 ? Effect.fail(unreachable) : Effect.succeed(open())))
  bed.fence(pinnace)
  await bed.until(() => refusals === 1)
  expect(pinnace.engine.lost?.reason).toBe("Fenced")
  expect(pinnace.engine.fault).toBeUndefined()
  const [started, listed, stopped] = [pinnace.start(one, undefined, { id: "later" }), pinnace.list(), run.stop()]
  expect(refusals).toBe(1)
  expect((await bed.settle(started)).id).toBe("later")
  expect((await bed.settle(listed)).length).toBeGreaterThan(0)
  await bed.settle(stopped)
  expect(refusals).toBe(30)
  expect((await bed.ended(run)).phase).toBe("Failed")
})

test("Where storage refuses for good, everybody hears why", async () => {
  const { bed, pinnace, run } = await begun()
  bed.renew(() => Effect.fail(new JournalError({ reason: "Corrupt", message: "It is damaged" })))
  const result = run.result()
  bed.fence(pinnace)
  expect(await bed.rejection(result)).toMatchObject({ reason: "Corrupt" })
  expect(await bed.rejection(pinnace.start(one))).toBeInstanceOf(JournalError)
  await bed.settle(pinnace.close())
})

test("An engine that is closed meanwhile goes on under no number", async () => {
  for (const opens of [false, true]) {
    const { bed, pinnace, run } = await begun()
    let isAsked = false
    bed.renew((open) => {
      isAsked = true
      const turns = Effect.sleep("1 minute")
      return opens
        ? Effect.andThen(turns, Effect.sync(open))
        : Effect.andThen(turns, Effect.fail(new JournalError({ reason: "Io", message: "Cannot reach it" })))
    })
    const result = bed.rejection(run.result())
    bed.fence(pinnace)
    await bed.until(() => isAsked)
    await bed.settle(pinnace.close())
    expect(await result).toMatchObject({ _tag: "EngineClosed" })
    await bed.quiet()
    expect(bed.disk.members.size).toBe(0)
    bed.renew()
    const next = bed.open({ workflows: [one] })
    expect((await bed.ended((await bed.settle(next.get(run.id)))!)).phase).toBe("Succeeded")
  }
})

test("A body that cannot be interrupted records nothing more, and holds up nobody", async () => {
  const bed = new TestBed()
  bed.renew()
  const ends: Array<() => void> = []
  let many = 0
  const stubborn = task("stubborn", {
    output: Schema.Number,
    run: () => {
      const turn = ++many
      const wait = Effect.promise(() => new Promise<void>((resume) => void ends.push(resume)))
      return turn > 1 ? Effect.succeed(turn) : Effect.as(Effect.uninterruptible(wait), turn)
    }
  })
  const two = workflow("two", {}, (w) => {
    w.node("tick", tick)
    return w.node("stubborn", stubborn)
  })
  const pinnace = bed.open({ workflows: [two], limits: { abortGrace: 10_000 } })
  const run = await bed.settle(pinnace.start(two))
  await bed.until(() => many === 1)
  bed.fence(pinnace)
  expect(await bed.settle(run.result())).toBe(2)
  ends[0]!()
  await bed.quiet()
  expect(bed.violations(run)).toEqual([])
  expect(await bed.settle(run.result())).toBe(2)
})

test("Who waits for permits gets them in the next life, and nobody has more than there are", async () => {
  const bed = new TestBed()
  bed.renew()
  const single = semaphore("single", { limit: 1 })
  let now = 0
  let most = 0
  const work = task("work", {
    permits: [single.take()],
    run: () =>
      Effect.acquireUseRelease(
        Effect.sync(() => void (most = Math.max(most, ++now))),
        () => Effect.sleep("10 seconds"),
        () => Effect.sync(() => void now--)
      )
  })
  const many = workflow("many", {}, (w) => {
    for (const name of ["a", "b", "c"]) w.node(name, work)
    w.node("tick", tick)
  })
  const pinnace = bed.open({ workflows: [many] })
  const run = await bed.settle(pinnace.start(many))
  await bed.until(() => now === 1)
  bed.fence(pinnace)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect([most, now]).toEqual([1, 0])
})

test("Places of pools are offered again, and what runs on one goes on for its next owner", async () => {
  const bed = new TestBed()
  bed.renew()
  const placed = task("placed", {
    on: "gpu",
    output: Schema.Number,
    run: () => Effect.as(Effect.sleep("10 seconds"), 3)
  })
  const far = workflow("far", {}, (w) => {
    w.node("tick", tick)
    return w.node("placed", placed)
  })
  const owner = bed.open({ workflows: [far] })
  const worker = bed.open({ workflows: [far], pools: { gpu: 1 }, takeOver: false })
  const run = await bed.settle(owner.start(far))
  await bed.until(async () => (await phases(run))["placed"] === "Running")
  await bed.quiet()
  bed.fence(owner)
  expect(await bed.settle(run.result())).toBe(3)
  bed.fence(worker, true)
  expect(await bed.settle(owner.run(far))).toBe(3)
  expect(bed.violations(run)).toEqual([])
})
