/** The contract of `ArtifactStore` as tests; every store passes the same ones. Needs vitest. */
import { afterEach, beforeEach, describe } from "vitest"
import { storeKeys } from "./storeKeys.ts"
import { storePuts } from "./storePuts.ts"
import { storeReads } from "./storeReads.ts"
import type { StoreWorld } from "./StoreWorld.ts"

/** Registers the contract suite for one kind of store; `make` gives an empty one for each test. */
export const storeSuite = (name: string, make: () => Promise<StoreWorld>): void => {
  describe(name, () => {
    let world: StoreWorld
    beforeEach(async () => {
      world = await make()
    })
    afterEach(() => world.dispose())
    storePuts(() => world)
    storeReads(() => world)
    storeKeys(() => world)
  })
}
