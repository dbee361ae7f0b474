/**
 * The Effect service and the Promise API are one thing: the same members, and the same answers at the end of an engine.
 */
import { answersOf } from "../journal/answers.ts"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect, onTestFinished, test } from "vitest"
import { EngineClosed, open, Refused, RunExists, RunNotFound, Schema, signal, task, workflow } from "../../mod.ts"
import { type EffectRun, PinnaceEngine } from "../../src/embed/effect.ts"
import { handleOf } from "../../src/embed/handleOf.ts"
import { Pinnace } from "../../src/embed/Pinnace.ts"
import { engineService } from "../../src/embed/engineService.ts"
import { RunHandle } from "../../src/embed/RunHandle.ts"
import { TestBed } from "../engine/TestBed.ts"

const waits = workflow("waits", {}, (w) => void w.suspend("never"))
const members = (of: object) => Object.getOwnPropertyNames(of).filter((name) => name !== "constructor").sort()

const bothFaces = async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(waits))
  const row = answersOf(pinnace.engine.host.journal).findRun(run.id)!
  const [service, effects] = [engineService<never>(pinnace.engine), handleOf<void, never>(pinnace.engine, row)]
  return { bed, pinnace, run, service, effects }
}

type Events = Stream.Stream<unknown, unknown>

/** What each member is called with; without arguments where it is not named. */
const args: Record<string, ReadonlyArray<unknown>> = {
  register: [waits],
  start: [waits],
  run: [waits],
  get: ["waits-1"],
  pin: ["a"],
  import: ["/no/such.tgz"],
  setLimit: ["x", 1],
  breakPermit: ["waits-1", "n"],
  signal: ["never"],
  waitFor: ["never"],
  approve: ["never"],
  fork: ["never"],
  export: ["/no/such.tgz"]
}

const asks = (face: object, names: ReadonlyArray<string>) =>
  names.filter((name) => !["as", "close", "id"].includes(name)).map((name) => {
    const member = (face as Record<string, unknown>)[name]
    return [name, typeof member === "function" ? () => member.apply(face, args[name] ?? []) : () => member] as const
  })

const faultOf = async (bed: TestBed, asked: () => unknown): Promise<unknown> => {
  try {
    const answer = asked() as Effect.Effect<unknown, unknown>
    if (Stream.isStream(answer)) {
      return await Effect.runPromise(Effect.flip(Stream.runDrain(answer as unknown as Events)))
    }
    if (Effect.isEffect(answer)) return await Effect.runPromise(Effect.flip(answer))
    if (Symbol.asyncIterator in (answer as object)) {
      return await bed.rejection((answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next())
    }
    return await bed.rejection(answer as Promise<unknown>)
  } catch (error) {
    return error
  }
}

test("The Effect service and the Promise API have the same members", async () => {
  const { effects, service } = await bothFaces()
  // Effects say by a reference of their fiber who asks.
  const asked = (face: object) => members(face).filter((name) => name !== "as")
  expect(members(service)).toEqual(asked(Pinnace.prototype))
  expect(members(effects)).toEqual([...asked(RunHandle.prototype), "id"].sort())
})

test("Whatever is asked of a closed engine, in whichever way, is answered with EngineClosed", async () => {
  const { bed, effects, pinnace, run, service } = await bothFaces()
  await bed.settle(pinnace.close())
  const all = [
    ...asks(service, members(service)),
    ...asks(pinnace, members(Pinnace.prototype)),
    ...asks(effects, members(effects)),
    ...asks(run, members(RunHandle.prototype))
  ]
  expect(all.length).toBeGreaterThan(60)
  // Health is asked by whoever wants to know just that.
  for (const [name, ask] of all.filter(([name]) => name !== "health")) {
    expect([name, await faultOf(bed, ask)]).toEqual([name, expect.any(EngineClosed)])
  }
})

test("What waits when the engine is closed ends with EngineClosed; events do not just end", async () => {
  const { bed, effects, pinnace, run } = await bothFaces()
  const following = (async () => {
    for await (const _ of run.events()) { /* until it ends */ }
  })().catch((error: unknown) => error)
  const waiting = [run.result(), run.ending(), run.outcome()].map((one) => one.catch((error: unknown) => error))
  const streaming = Effect.runPromise(Effect.flip(Stream.runDrain(effects.events())))
  const result = Effect.runPromise(Effect.flip(effects.result))
  await bed.quiet()
  await bed.settle(pinnace.close())
  for (const one of [following, streaming, result, ...waiting]) {
    expect(await bed.settle(one)).toBeInstanceOf(EngineClosed)
  }
})

test("A command that another process has not answered when the engine is closed ends with EngineClosed", async () => {
  const bed = new TestBed()
  const owner = bed.open()
  const { id } = await bed.settle(owner.start(waits))
  const visitor = bed.open()
  const stopping = (await visitor.get(id))!.stop().catch((error: unknown) => error)
  await bed.settle(visitor.close())
  expect(await bed.settle(stopping)).toBeInstanceOf(EngineClosed)
})

test("Nothing new begins while an engine drains: EngineClosed for starts, retries and copies alike", async () => {
  const { bed, effects, pinnace, service } = await bothFaces()
  const closing = pinnace.close({ drain: "1 minute" })
  for (const ask of [service.start(waits), service.run(waits), effects.retry(), effects.resubmit()]) {
    expect(await Effect.runPromise(Effect.flip<unknown, unknown, never>(ask))).toBeInstanceOf(EngineClosed)
  }
  await bed.settle(closing)
})

test("A stream of events can be interrupted while nothing happens", async () => {
  const pinnace = await open(":memory:")
  onTestFinished(() => pinnace.close())
  const { id } = await pinnace.start(waits)
  const seen: Array<string> = []
  const program = Effect.gen(function* () {
    const run: EffectRun = yield* engineService<never>(pinnace.engine).get(id)
    const following = yield* Effect.forkChild(
      Stream.runForEach(run.events(), ({ event }) => Effect.sync(() => void seen.push(event.type)))
    )
    while (!seen.includes("NodeWaiting")) yield* Effect.yieldNow
    yield* Fiber.interrupt(following)
  })
  await Effect.runPromise(program)
  expect(seen.at(-1)).toBe("NodeWaiting")
})

test("A run that is not there is RunNotFound for effects, and undefined for get of the Promise API", async () => {
  const { bed, effects, pinnace, run, service } = await bothFaces()
  expect(await Effect.runPromise(Effect.flip(service.get("none")))).toBeInstanceOf(RunNotFound)
  expect(await pinnace.get("none")).toBeUndefined()
  await bed.settle(run.delete({ force: true }))
  expect(await Effect.runPromise(Effect.flip(effects.status))).toMatchObject({ _tag: "RunNotFound", id: run.id })
  await expect(run.status()).rejects.toThrow(RunNotFound)
  expect(PinnaceEngine.with<never>()).toBe(PinnaceEngine)
})

test("A taken id gives the handle of the run that is there, of the kind that was asked with", async () => {
  const { bed, pinnace, service } = await bothFaces()
  const other = workflow("other", {}, () => {})
  const there = await bed.settle(pinnace.start(waits, undefined, { id: "taken" }))
  const error = await bed.rejection(pinnace.start(other, undefined, { id: "taken" }))
  if (!(error instanceof RunExists)) throw error
  expect(error.run).toBeInstanceOf(RunHandle)
  expect(await error.run.status()).toEqual(await there.status())
  expect(JSON.stringify(error)).not.toContain('run":')
  const taken = bed.settle(Effect.runPromise(Effect.flip(service.start(other, undefined, { id: "taken" }))))
  const { run } = (await taken) as { readonly run: EffectRun }
  expect(await Effect.runPromise(run.status)).toEqual(await there.status())
})

const ok = signal("ok", Schema.Number)
const failing = task("failing", { run: () => Effect.fail("no") as never })
const steps = workflow("steps", {}, (w) => {
  const first = w.node("first", task("first", { run: () => Effect.sleep("1 minute") }))
  const asked = w.suspend(ok, { after: [first] })
  w.node("last", failing, { after: [asked] })
})

test("waitFor comes back when a node has begun, waits, or has ended; in vain it is Refused", async () => {
  const bed = new TestBed()
  const [pinnace, visitor] = [bed.open(), bed.open()]
  const run = await bed.settle(pinnace.start(steps))
  for (const it of [run, (await visitor.get(run.id))!]) {
    expect(await bed.settle(it.waitFor("first", "Running"))).toMatchObject({ path: "first" })
    expect(await bed.settle(it.waitFor("ok", "waiting"))).toMatchObject({ path: "ok", waiting: "Signal" })
    expect(await bed.settle(it.waitFor("first"))).toMatchObject({ phase: "Succeeded" })
  }
  const late = [
    run.waitFor("last", "Succeeded"),
    (await visitor.get(run.id))!.waitFor("last", "Succeeded")
  ]
  const faults = late.map((one) => one.catch((error: unknown) => error))
  await bed.settle(run.signal(ok, 1))
  const told = (await bed.settle(Promise.all(faults))) as ReadonlyArray<Error>
  for (const error of told) expect(error).toBeInstanceOf(Refused)
  expect(told.map(({ message }) => message)).toEqual([
    `Stopped waiting for node "last" of run ${run.id}: it ended Error`,
    `Stopped waiting for node "last" of run ${run.id}: it ended Error`
  ])
  expect(await bed.settle(run.waitFor("last", "Running"))).toMatchObject({ phase: "Error" })
  expect(await bed.settle(run.waitFor("last", "ended"))).toMatchObject({ phase: "Error" })
})

test("waitFor refuses at once a node that its workflow can never have", async () => {
  const bed = new TestBed()
  const one = task("one", { run: () => {} })
  const inside = workflow("inside", {}, (w) => void w.node("deep", one))
  const run = await bed.settle(
    bed.open().start(workflow("outside", {}, (w) => {
      w.suspend(ok)
      w.map("each", [1], inside)
      w.node("one", one)
    }))
  )
  const told = (node: string) => bed.settle(run.waitFor(node).then(() => "there", ({ message }) => message))
  const refused = (node: string, rest: string) =>
    `Cannot wait for node "${node}" of run ${run.id}: workflow "outside" has no ${rest}`
  expect(await told("okk")).toBe(refused("okk", 'such node. Did you mean "ok"?'))
  expect(await told("nowhere")).toBe(refused("nowhere", "such node"))
  expect(await told("each[0]/dep")).toBe(refused("each[0]/dep", 'such node. Did you mean "each[0]/deep"?'))
  expect(await told("eahc[0]/deep")).toBe(refused("eahc[0]/deep", 'node "eahc[0]". Did you mean "each[0]"?'))
  expect(await told("one[0]")).toBe(refused("one[0]", 'such node. Did you mean "one"?'))
  for (const there of ["each[0]/deep", "one"]) expect(await told(there)).toBe("there")
})

test("waitFor hears of the end of the engine and of the run", async () => {
  const { bed, pinnace, run } = await bothFaces()
  const other = await bed.settle(pinnace.start(waits))
  const waiting = [run.waitFor("never"), other.waitFor("never", "Succeeded")].map((one) =>
    one.catch((error: unknown) => error)
  )
  await bed.settle(other.delete({ force: true }))
  await bed.settle(pinnace.close())
  const [closed, gone] = await bed.settle(Promise.all(waiting)) as [{ _tag: string }, { _tag: string }]
  expect(closed).toBeInstanceOf(EngineClosed)
  // Whoever waits looks before the deletion, at the end, or after it, at nothing.
  expect(["Refused", "RunNotFound"]).toContain(gone._tag)
})
