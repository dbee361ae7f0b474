/** Artifacts that several runs, also of several processes, save under one key. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, test } from "vitest"
import { Estate } from "../../../src/argo/artifact/Estate.ts"
import { makeDirectory } from "../../sqlite/Child.ts"

const exists = (run: string): boolean => run !== "deleted"
const saved = { key: "one/key" }

test("Who saves under a key that is being deleted waits until that is done, so that nothing of it is lost", async () => {
  const directory = makeDirectory()
  const [collector, other] = [new Estate(directory, "file"), new Estate(directory, "file")]
  const done = await Effect.runPromise(Effect.gen(function* () {
    const told: Array<string> = []
    const [begun, go] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    yield* collector.note("deleted", saved)
    const remove = () =>
      Effect.gen(function* () {
        yield* Deferred.succeed(begun, undefined)
        yield* Deferred.await(go)
        told.push("deleted")
      })
    const collecting = yield* Effect.forkChild(collector.collect(exists, remove))
    yield* Deferred.await(begun)
    const saving = yield* Effect.forkChild(
      Effect.tap(other.note("living", saved), () => Effect.sync(() => void told.push("saved"))),
      { startImmediately: true }
    )
    yield* Deferred.succeed(go, undefined)
    yield* Fiber.joinAll([collecting, saving])
    return told
  }))
  expect(done).toEqual(["deleted", "saved"])
  expect(readdirSync(join(directory, "collectors", "file"))).toEqual([])
})

test("What was noted while others were being deleted is kept", async () => {
  const directory = makeDirectory()
  const estate = new Estate(directory, "file")
  const removed: Array<string> = []
  const collected = await Effect.runPromise(Effect.gen(function* () {
    for (let at = 0; at < 50; at++) yield* estate.note("deleted", { key: `key-${at}` })
    return yield* estate.collect(exists, ({ key }) =>
      Effect.suspend(() => {
        removed.push(key)
        // Another run begins to save under a key whose turn has
        // not come; it does not wait for what this test waits for.
        if (removed.length === 1) Effect.runFork(new Estate(directory, "file").note("living", { key: "key-49" }))
        return Effect.void
      }))
  }))
  expect(collected).toEqual({ count: 49, problems: [] })
  expect(removed).not.toContain("key-49")
})

test("The file of a collector that died long ago is removed by the next one, and keeps nobody waiting", async () => {
  const directory = makeDirectory()
  const estate = new Estate(directory, "file")
  const [old, recent] = ["old", "recent"].map((name) => join(directory, "collectors", "file", `${name}.lock`))
  mkdirSync(join(directory, "collectors", "file"), { recursive: true })
  for (const file of [old!, recent!]) writeFileSync(file, "")
  utimesSync(old!, 0, 0)
  await Effect.runPromise(estate.note("deleted", saved))
  expect(await Effect.runPromise(estate.collect(exists, () => Effect.void))).toEqual({ count: 1, problems: [] })
  expect([existsSync(old!), existsSync(recent!)]).toEqual([false, true])
})
