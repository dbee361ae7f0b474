/** The contract of a journal as tests; every journal passes the same ones. Needs vitest. */
import { afterEach, beforeEach, describe } from "vitest"
import { journalArtifacts } from "./journalArtifacts.ts"
import { journalChoices } from "./journalChoices.ts"
import { journalLines } from "./journalLines.ts"
import { journalOwnership } from "./journalOwnership.ts"
import { journalPermitOwners } from "./journalPermitOwners.ts"
import { journalPermits } from "./journalPermits.ts"
import { journalReads } from "./journalReads.ts"
import { journalWrites } from "./journalWrites.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the contract suite for one kind of journal; `make` gives empty storage for each test. */
export const journalSuite = (name: string, make: () => JournalWorld): void => {
  describe(name, () => {
    let world: JournalWorld
    beforeEach(() => {
      world = make()
    })
    afterEach(() => world.dispose())
    journalWrites(() => world)
    journalOwnership(() => world)
    journalReads(() => world)
    journalChoices(() => world)
    journalLines(() => world)
    journalPermits(() => world)
    journalPermitOwners(() => world)
    journalArtifacts(() => world)
  })
}
