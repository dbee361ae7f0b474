/** N12: an open engine in which nothing happens sets no timer, wakes nobody and writes nothing. */
import * as Effect from "effect/Effect"
import Database from "better-sqlite3"
import { mkdtempSync, realpathSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { expect, onTestFinished, test, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"
import { removeTree } from "../removeTree.ts"

const asking = workflow("asking", {}, (w) => {
  w.suspend("ask")
  w.node("never", task("never", { run: () => Effect.never }))
})

const makePath = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return join(directory, "state.db")
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resume) => setImmediate(resume))
}

/** What on disk changes with a write. */
const watched = (path: string) => {
  const observer = new Database(path, { readonly: true })
  onTestFinished(() => void observer.close())
  return () => [
    observer.pragma("data_version", { simple: true }),
    statSync(path).mtimeMs,
    statSync(`${path}-wal`).mtimeMs,
    statSync(`${path}-wal`).size
  ]
}

/** Who sets a timer from now on, as stacks: a failure tells where it came from. */
const timersSet = (): ReadonlyArray<string> => {
  const stacks: Array<string> = []
  for (const name of ["setTimeout", "setInterval"] as const) {
    const original = globalThis[name] as (...of: ReadonlyArray<unknown>) => never
    const spy = vi.spyOn(globalThis, name).mockImplementation((...of: ReadonlyArray<unknown>) => {
      stacks.push(new Error(name).stack ?? name)
      return original(...of)
    })
    onTestFinished(() => void spy.mockRestore())
  }
  return stacks
}

test("An engine with a waiting run, followed by its own and another engine, sets no timer and writes nothing", async () => {
  const path = makePath()
  const [pinnace, other] = [await open(path, { workflows: [asking] }), await open(path)]
  onTestFinished(async () => {
    await pinnace.close()
    await other.close()
  })
  const run = await pinnace.start(asking)
  const events = (await other.get(run.id))!.events()[Symbol.asyncIterator]()
  for (let event = await events.next(); !event.done && event.value.event.type !== "NodeWaiting";) {
    event = await events.next()
  }
  const following = [events.next(), run.ending(), (await other.get(run.id))!.ending()]
  following.forEach((promise) => void promise.catch(() => {}))
  await turns(200)
  const timers = timersSet()
  const state = watched(path)
  const before = state()
  await turns(2_000)
  expect(state()).toEqual(before)
  expect(timers).toEqual([])
})

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length

test.skipIf("Deno" in globalThis || "Bun" in globalThis)(
  "An engine without runs has no timer among the active resources",
  async () => {
    const before = timers()
    const pinnace = await open(makePath())
    onTestFinished(() => pinnace.close())
    let least = Infinity
    for (let turn = 0; turn < 200; turn++) {
      await turns(1)
      // The test runner has timers of its own that come and go.
      least = Math.min(least, timers())
    }
    expect(least).toBeLessThanOrEqual(before)
  }
)

test("A waiting run leaves nothing to do in its world: no task and no sleeper", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const run = await bed.settle(bed.open().start(asking))
  await bed.until(async () => (await run.nodes()).length === 2)
  await bed.quiet()
  expect(bed.isIdle).toBe(true)
  expect(bed.now).toBe(begin)
})
