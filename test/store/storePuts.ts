/** The contract of putting: whole or not at all. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import {
  bytes,
  chunked,
  failure,
  get,
  isInterrupted,
  keys,
  noise,
  put,
  run,
  sha256,
  type StoreWorld,
  text
} from "./StoreWorld.ts"

/** Registers the tests. */
export const storePuts = (world: () => StoreWorld): void => {
  it("answers a put with the size and the SHA-256 of what it stored", async () => {
    const content = noise(300_000)
    const stored = await run(world().store.put("a/b", chunked(content, 7_777)))
    expect(stored).toEqual({ key: "a/b", size: 300_000, sha256: sha256(content) })
    expect(sha256(await run(get(world().store, "a/b")))).toBe(sha256(content))
  })

  it("stores an empty object", async () => {
    const stored = await run(world().store.put("empty", Stream.empty))
    expect(stored).toEqual({ key: "empty", size: 0, sha256: sha256(new Uint8Array()) })
    expect(await text(world().store, "empty")).toBe("")
    expect(await text(world().store, "empty", { start: 1 })).toBe("")
  })

  it("stores large objects byte for byte, from chunks of any size", async () => {
    const content = noise(20_000_003)
    await run(world().store.put("large", chunked(content, 700_001), { size: content.length }))
    expect(sha256(await run(get(world().store, "large")))).toBe(sha256(content))
    await run(world().store.put("large", Stream.succeed(content)))
    expect(sha256(await run(get(world().store, "large")))).toBe(sha256(content))
  })

  it("replaces what was there", async () => {
    await run(put(world().store, "k", "a long first text"))
    await run(put(world().store, "k", "second"))
    expect(await text(world().store, "k")).toBe("second")
    expect(await keys(world().store)).toEqual(["k"])
  })

  it("keeps what is there when it was asked that nothing be", async () => {
    const { store } = world()
    await run(put(store, "k", "first", { ifAbsent: true }))
    const error = await failure(put(store, "k", "second", { ifAbsent: true }))
    expect(error).toMatchObject({ reason: "Exists", operation: "put", key: "k", isRetryable: false })
    expect(error.message).toContain(store.describe)
    expect(await text(store, "k")).toBe("first")
    expect(await world().unfinished()).toBe(0)
  })

  it("puts many objects at once, the last one winning a key", async () => {
    const { store } = world()
    const all = Array.from({ length: 30 }, (_, at) => `folder/${at}`)
    await run(Effect.forEach(all, (key) => put(store, key, key), { concurrency: "unbounded" }))
    await run(Effect.forEach(all, (value) => put(store, "same", value), { concurrency: "unbounded" }))
    expect(await keys(store, "folder/")).toEqual([...all].sort())
    expect(all).toContain(await text(store, "same"))
  })

  it("stores nothing of a stream that fails, and passes its error on", async () => {
    const { store } = world()
    await run(put(store, "old", "kept"))
    const broken = Stream.concat(chunked(noise(200_000), 50_000), Stream.fail("broken" as const))
    for (const key of ["new", "old"]) expect(await run(Effect.flip(store.put(key, broken)))).toBe("broken")
    expect(await keys(store)).toEqual(["old"])
    expect(await text(store, "old")).toBe("kept")
    expect(await world().unfinished()).toBe(0)
  })

  it("stores nothing of a large stream that fails late", async () => {
    const { store } = world()
    const broken = Stream.concat(chunked(noise(18_000_000), 1_000_000), Stream.fail("broken" as const))
    expect(await run(Effect.flip(store.put("k", broken)))).toBe("broken")
    expect(await keys(store)).toEqual([])
    expect(await world().unfinished()).toBe(0)
  })

  it("stores nothing of a stream that dies", async () => {
    const { store } = world()
    const exit = await Effect.runPromiseExit(
      store.put("k", Stream.concat(Stream.succeed(bytes("x")), Stream.die("defect")))
    )
    expect(exit._tag).toBe("Failure")
    expect(await keys(store)).toEqual([])
    expect(await world().unfinished()).toBe(0)
  })

  it("refuses a stream of another length than was said", async () => {
    const { store } = world()
    for (const size of [2, 4]) {
      const error = await failure(put(store, "k", "abc", { size }))
      expect(error).toMatchObject({ reason: "Corrupt", isRetryable: false })
      expect(error.message).toContain("held 3 bytes")
    }
    expect(await keys(store)).toEqual([])
    expect(await world().unfinished()).toBe(0)
  })

  it.each([0, 200_000, 18_000_000])("leaves nothing of a put that is interrupted after %i bytes", async (size) => {
    const { store } = world()
    const reached = await run(Deferred.make<void>())
    const endless = chunked(noise(size), 1_000_000).pipe(
      Stream.concat(Stream.fromEffect(Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)))
    )
    const exit = await run(Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(store.put("k", endless), { startImmediately: true })
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      return yield* Fiber.await(fiber)
    }))
    expect(isInterrupted(exit)).toBe(true)
    expect(await keys(store)).toEqual([])
    expect(await world().unfinished()).toBe(0)
  })
}
