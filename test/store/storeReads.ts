/** The contract of reading, listing and deleting. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { failure, get, infos, keys, noise, put, run, sha256, type StoreWorld, text } from "./StoreWorld.ts"

/** Registers the tests. */
export const storeReads = (world: () => StoreWorld): void => {
  it("names store, key and operation when there is no object", async () => {
    const { store } = world()
    await run(put(store, "there/too", "x"))
    for (const key of ["missing", "there", "there/too/deep"]) {
      for (const [operation, effect] of [["get", get(store, key)], ["stat", store.stat(key)]] as const) {
        const error = await failure(effect)
        expect(error).toMatchObject({ reason: "NotFound", operation, key, store: store.describe, isRetryable: false })
        expect(error.message).toContain(key)
        expect(error.message).toContain(store.describe)
      }
    }
  })

  it("tells size and age", async () => {
    const { store } = world()
    const begun = Date.now()
    await run(put(store, "k", "four"))
    const info = await run(store.stat("k"))
    expect(info).toMatchObject({ key: "k", size: 4 })
    // Clocks of stores count in seconds, some of them.
    expect(Math.abs(info.modifiedAt - begun)).toBeLessThan(60_000)
    const [listed] = await infos(store)
    expect({ ...listed, modifiedAt: 0 }).toEqual({ ...info, modifiedAt: 0 })
  })

  it("reads ranges as a slice does", async () => {
    const { store } = world()
    await run(put(store, "k", "0123456789"))
    expect(await text(store, "k", { start: 3 })).toBe("3456789")
    expect(await text(store, "k", { end: 3 })).toBe("012")
    expect(await text(store, "k", { start: 2, end: 5 })).toBe("234")
    expect(await text(store, "k", { start: 9, end: 100 })).toBe("9")
    expect(await text(store, "k", { start: 4, end: 4 })).toBe("")
    expect(await text(store, "k", { start: 10 })).toBe("")
    expect(await text(store, "k", { start: 99 })).toBe("")
    expect(await failure(get(store, "none", { start: 99 }))).toMatchObject({ reason: "NotFound" })
    for (const range of [{ start: -1 }, { start: 0.5 }, { start: 5, end: 2 }, { start: NaN }]) {
      expect(await failure(get(store, "k", range))).toMatchObject({ reason: "InvalidRange" })
    }
  })

  it("lets a reader stop early", async () => {
    const { store } = world()
    await run(put(store, "k", noise(5_000_000)))
    const first = await run(Stream.runCollect(Stream.take(store.get("k"), 1)))
    expect(first.length).toBe(1)
    expect((await run(get(store, "k"))).length).toBe(5_000_000)
  })

  it("reads a replaced object as one or the other, never as a mixture", async () => {
    const { store } = world()
    const [old, next] = [noise(3_000_000, 1), noise(3_000_000, 2)]
    await run(put(store, "k", old))
    const read = await run(Effect.all([get(store, "k"), put(store, "k", next)], { concurrency: 2 }))
    // Comparing arrays of millions item by item takes seconds.
    expect([old, next].map(sha256)).toContain(sha256(read[0]))
    expect(sha256(await run(get(store, "k")))).toBe(sha256(next))
  })

  it("lists by prefix, which is a string and not a folder", async () => {
    const { store } = world()
    for (const key of ["a", "a/b", "a/bc", "a/b/d", "ab", "b/a"]) await run(put(store, key, key))
    expect(await keys(store)).toEqual(["a", "a/b", "a/b/d", "a/bc", "ab", "b/a"])
    expect(await keys(store, "a")).toEqual(["a", "a/b", "a/b/d", "a/bc", "ab"])
    expect(await keys(store, "a/")).toEqual(["a/b", "a/b/d", "a/bc"])
    expect(await keys(store, "a/b")).toEqual(["a/b", "a/b/d", "a/bc"])
    expect(await keys(store, "a/b/")).toEqual(["a/b/d"])
    expect(await keys(store, "c")).toEqual([])
  })

  it("lists and deletes more than a page of objects", async () => {
    const { store } = world()
    const all = Array.from({ length: 1_100 }, (_, at) => `many/${String(at).padStart(4, "0")}`)
    await run(Effect.forEach(all, (key) => put(store, key, "x"), { concurrency: 16 }))
    expect(await keys(store, "many/")).toEqual(all)
    const first = await run(Stream.runCollect(Stream.take(store.list(), 3)))
    expect(first.length).toBe(3)
    expect(await run(store.delete(all))).toEqual(all.map((key) => ({ key })))
    expect(await keys(store)).toEqual([])
  })

  it("answers for each key of a delete in its order, and takes one that is gone for deleted", async () => {
    const { store } = world()
    for (const key of ["a", "b/c", "kept"]) await run(put(store, key, key))
    const answers = await run(store.delete(["missing", "b/c", "../x", "a", "a", "b"]))
    expect(answers.map(({ key, error }) => [key, error?.reason])).toEqual([
      ["missing", undefined],
      ["b/c", undefined],
      ["../x", "InvalidKey"],
      ["a", undefined],
      ["a", undefined],
      ["b", undefined]
    ])
    expect(await keys(store)).toEqual(["kept"])
    expect(await run(store.delete([]))).toEqual([])
    await run(put(store, "b/c", "again"))
    expect(await text(store, "b/c")).toBe("again")
  })

  it("is empty of what it deleted, ready for the same keys", async () => {
    const { store } = world()
    const churn = Effect.forEach(
      Array.from({ length: 20 }, (_, at) => at),
      (at) => Effect.andThen(put(store, `x/y/${at % 3}`, "v"), store.delete([`x/y/${at % 3}`])),
      { concurrency: 8 }
    )
    await run(churn)
    expect(await keys(store)).toEqual([])
  })

  it("tells where an object is as plain JSON", async () => {
    const { store } = world()
    const location = store.location("a/b")
    expect(location).toMatchObject({ key: "a/b" })
    expect(JSON.parse(JSON.stringify(location))).toEqual(location)
  })

  it("sweeps nothing that was put", async () => {
    const { store } = world()
    await run(put(store, "k", "x"))
    expect(await run(store.sweep({ olderThan: 0 }))).toEqual({ removed: 0 })
    expect(await keys(store)).toEqual(["k"])
  })
}
