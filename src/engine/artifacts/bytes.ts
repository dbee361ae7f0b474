/** What reads the bytes of an artifact. */
import type { ArtifactStore } from "../../artifact/Store.ts"
import type { SavedArtifact } from "../../run/ArtifactRow.ts"
import type { Engine } from "../Engine.ts"
import type { ArtifactMover } from "./ArtifactHost.ts"

/** The store that has the bytes, and what moves them. */
export interface ArtifactBytes {
  readonly mover: ArtifactMover
  readonly store: ArtifactStore
}

/** What reads an artifact; `undefined` when it is in a store that only the app that saved it knows. */
export const bytesOf = async (
  { host: { artifacts } }: Engine,
  { store: place }: Pick<SavedArtifact, "store">
): Promise<ArtifactBytes | undefined> => {
  const [mover, store] = [await artifacts.mover(), await artifacts.find(place)]
  return store === undefined ? undefined : { mover, store }
}
