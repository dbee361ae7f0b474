/** The contract of keys: what is valid works and is kept apart, what is not is refused. */
import type * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { invalidKeys, validKeys } from "./keys.ts"
import { failure, get, keys, put, run, type StoreWorld, text } from "./StoreWorld.ts"

/** Registers the tests. */
export const storeKeys = (world: () => StoreWorld): void => {
  it("keeps all valid keys apart, lists them and deletes them", async () => {
    const { store } = world()
    for (const key of validKeys) await run(put(store, key, key))
    for (const key of validKeys) expect(await text(store, key)).toBe(key)
    for (const key of validKeys) expect(await run(store.stat(key))).toMatchObject({ key })
    expect(await keys(store)).toEqual([...validKeys].sort())
    expect(await run(store.delete(validKeys))).toEqual(validKeys.map((key) => ({ key })))
    expect(await keys(store)).toEqual([])
  })

  it.each(Object.entries(invalidKeys))("refuses a key that is %s", async (_, key) => {
    const { store } = world()
    const attempts: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      put(store, key, "x"),
      get(store, key),
      store.stat(key)
    ]
    for (const attempt of attempts) {
      const error = await failure(attempt)
      expect(error).toMatchObject({ reason: "InvalidKey", key, isRetryable: false })
      expect(error.message).toContain(JSON.stringify(key))
    }
    expect((await run(store.delete([key])))[0]?.error).toMatchObject({ reason: "InvalidKey" })
    expect(await keys(store)).toEqual([])
  })
}
