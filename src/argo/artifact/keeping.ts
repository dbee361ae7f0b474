/** Saves what nodes leave as rows of theirs. A key belongs to who saved under it last. */
import { posix } from "node:path"
import * as Effect from "effect/Effect"
import { type LiveNode, saveArtifact } from "../../engine/Interpreter.ts"
import { lookAt, type Spot } from "../../files/mod.ts"
import type { ArtifactContent, ArtifactGC } from "../../workflow/Artifact.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { Artifact } from "../document/Manifest.ts"
import { messageFrom } from "../document/messageFrom.ts"
import { copying, reading } from "./leaving.ts"
import { type Packing, packingInBucket, packingOf } from "./packing.ts"

/** What is saved, and how. */
export interface Keeping {
  readonly artifact: Artifact
  /** Default one that nothing else has. */
  readonly key: string | undefined
  /** Where the node has it. */
  readonly from: Spot
  readonly gc: ArtifactGC
  /** A directory of ours, for a copy on its way. */
  readonly directory: string
}

/** What is recorded of it in the outputs of its node. */
export interface KeptArtifact {
  readonly key: string
  readonly artifact: string
  readonly size: number
  readonly sha256: string
}

/** Saves it for its node, by default in the engine's store. */
export const keep = (
  live: LiveNode,
  keeping: Keeping,
  bucket?: string
): Effect.Effect<KeptArtifact, BadArgument> =>
  Effect.suspend(() => {
    const { artifact, directory, from } = keeping
    const { kind, mode } = lookAt(from) ?? { kind: "file", mode: 0o644 }
    const packing = bucket === undefined ? packingOf(artifact, kind === "directory", mode) : packingInBucket(artifact)
    const place = bucket ?? live.run.host.artifacts.stores.get("default")!
    const put = (content: ArtifactContent) => saved(live, keeping, packing, content, place)
    if (kind === "file" && packing.archive === "none") return reading(from, put)
    return copying(from, directory, artifact.name ?? "", put)
  })

const saved = (
  live: LiveNode,
  { artifact, gc, key }: Keeping,
  packing: Packing,
  content: ArtifactContent,
  place: string
): Effect.Effect<KeptArtifact, BadArgument> => {
  const attempt = live.run.ledger.nodes.get(live.path)?.attempt ?? 1
  const options = { ...packing, ...(key === undefined ? {} : { key: storeKey(key) }), when: "always" } as const
  const name = artifact.name ?? ""
  return Effect.map(
    plainly(saveArtifact(live, { attempt, name, content, place, gc, options, takesOver: true })),
    ({ artifact, key, sha256, size }) => ({ key, artifact, size, sha256 })
  )
}

/** A key of a manifest as the store takes it: `/` at its ends and `..` in it lead nowhere. */
export const storeKey = (key: string): string => {
  const path = posix.resolve("/", `./${key}`).slice(1)
  if (path === "") throw new BadArgument(`"${key}" cannot be the key of an artifact`)
  return path
}

/** An error as a manifest's node tells it. */
export const plainly = <A>(work: Effect.Effect<A, Error>): Effect.Effect<A, BadArgument> =>
  Effect.mapError(work, (error) => new BadArgument(messageFrom(error)))
