import { expect, it } from "vitest"
import { memoryStore } from "../../src/store/memory.ts"
import { storeSuite } from "./storeSuite.ts"
import { failure, keys, noise, put, run } from "./StoreWorld.ts"

storeSuite("memoryStore", () =>
  Promise.resolve({
    store: memoryStore(),
    unfinished: () => Promise.resolve(0),
    dispose: () => Promise.resolve()
  }))

it("memoryStore() holds no more than its capacity, and holds again once there is room", async () => {
  const store = memoryStore({ capacity: 1_000 })
  await run(put(store, "a", noise(600)))
  expect(await failure(put(store, "b", noise(401)))).toMatchObject({ reason: "NoSpace", isRetryable: false })
  await run(put(store, "b", noise(400)))
  await run(store.delete(["a"]))
  await run(put(store, "c", noise(600)))
  expect(await keys(store)).toEqual(["b", "c"])
})
