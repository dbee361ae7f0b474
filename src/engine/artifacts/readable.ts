/** A stored artifact as a body reads it. */
import type * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import type { SavedArtifact } from "../../run/ArtifactRow.ts"
import type { Artifact, ArtifactRange, ReadableArtifact } from "../../workflow/Artifact.ts"
import { decodeJson } from "../../workflow/codec.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import type { ArtifactMover } from "./ArtifactHost.ts"

/** What an attempt lends to its reads. */
export interface Reads {
  readonly transfer: <A>(effect: Effect.Effect<A, ArtifactError>) => Promise<A>
  /** A place for a copy, in the attempt's work directory. */
  readonly place: () => Promise<string>
}

/** Gives a handle its ways to be read. */
export const readable = (
  handle: Artifact,
  row: SavedArtifact,
  store: ArtifactStore,
  mover: ArtifactMover,
  { place, transfer }: Reads
): ReadableArtifact => {
  const bytes = (): Promise<Uint8Array> => transfer(mover.bytes(store, row))
  const text = async (): Promise<string> => new TextDecoder().decode(await bytes())
  return {
    ...handle,
    bytes,
    text,
    json: async (schema?: unknown) => {
      const value = JSON.parse(await text())
      // deno-lint-ignore no-explicit-any -- the overloads say which it is
      return (schema === undefined ? value : decodeJson(schema as AnyCodec)(value)) as any
    },
    stream: (range?: ArtifactRange) => mover.stream(store, row, range),
    path: async (subPath?: string) => {
      const destination = await place()
      await transfer(mover.restore(store, row, destination, subPath))
      return destination
    }
  }
}
