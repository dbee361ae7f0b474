/**
 * Artifacts in the engine's store: saved as rows of their nodes, and read by key, whoever has put it there.
 *
 * Owns: nothing; rows are the journal's, bytes the store's. Invariants: a key belongs to
 * the node that saved under it last; what earlier versions kept is found where the store has nothing.
 */
import { posix } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { type Host, type LiveNode, saveArtifact } from "../../engine/Interpreter.ts"
import { lookAt, type Spot } from "../../files/mod.ts"
import { isReadable } from "../../run/ArtifactRow.ts"
import type { ArtifactGC } from "../../workflow/Artifact.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { Artifact } from "../document/Manifest.ts"
import { messageFrom } from "../document/messageFrom.ts"
import { fetchEarlier, keysOfEarlier } from "./earlier.ts"
import { keyOf } from "./location.ts"
import { packingInBucket, packingOf } from "./packing.ts"
import { fetchStray, orFalse } from "./stray.ts"

/** What is saved, and how. */
export interface Keeping {
  readonly artifact: Artifact
  /** Default one that nothing else has. */
  readonly key: string | undefined
  /** Where the node has it. */
  readonly from: Spot
  readonly gc: ArtifactGC
}

/** What is recorded of it in the outputs of its node. */
export interface KeptArtifact {
  readonly key: string
  readonly artifact: string
  readonly size: number
  readonly sha256: string
}

/** See the head of the file. */
export class Kept {
  readonly #host: Host
  readonly #earlier: string

  constructor(host: Host, earlier: string) {
    this.#host = host
    this.#earlier = earlier
  }

  /** Saves for a node what was copied to a path of ours, by default in the engine's store. */
  save(
    live: LiveNode,
    { artifact, from, gc, key }: Keeping,
    content: string,
    bucket?: string
  ): Effect.Effect<KeptArtifact, BadArgument> {
    return Effect.suspend(() => {
      const { kind, mode } = lookAt(from) ?? { kind: "file", mode: 0o644 }
      const packing = bucket === undefined ? packingOf(artifact, kind === "directory", mode) : packingInBucket(artifact)
      return plainly(saveArtifact(live, {
        attempt: live.run.ledger.nodes.get(live.path)?.attempt ?? 1,
        name: artifact.name ?? "",
        content,
        place: bucket ?? this.#place,
        gc,
        options: { ...packing, ...(key === undefined ? {} : { key: storeKey(key) }), when: "always" },
        takesOver: true
      }))
    }).pipe(Effect.map(({ artifact, key, sha256, size }) => ({ key, artifact, size, sha256 })))
  }

  /** Fetches an artifact, or a part of it, to a path of ours that does not exist; answers whether there is one. */
  fetch(artifact: Artifact, to: string): Effect.Effect<boolean, BadArgument> {
    return Effect.suspend(() => {
      const key = keyOf(artifact) ?? ""
      const there = plainly(this.#fetch(artifact, storeKey(key), to))
      return Effect.flatMap(
        there,
        (found) => found ? Effect.succeed(true) : here(() => fetchEarlier(this.#earlier, key, to, artifact.subPath))
      )
    })
  }

  #fetch(artifact: Artifact, key: string, to: string): Effect.Effect<boolean, ArtifactError | JournalError> {
    return Effect.gen({ self: this }, function* () {
      const mover = yield* Effect.promise(() => this.#host.artifacts.mover())
      const store = mover.store(this.#place)!
      const row = (yield* this.#host.journal.reads.artifacts.named(this.#place, [key])).get(key)
      if (row === undefined || !isReadable(row)) return yield* fetchStray(store, artifact, key, to)
      return yield* orFalse(Effect.as(mover.restore(store, row, to, artifact.subPath), true))
    })
  }

  /** All keys that begin with a key. */
  keys(prefix: string): Effect.Effect<ReadonlyArray<string>, BadArgument> {
    return plainly(Effect.gen({ self: this }, function* () {
      const mover = yield* Effect.promise(() => this.#host.artifacts.mover())
      const found = yield* Stream.runCollect(mover.store(this.#place)!.list(prefix))
      return [...new Set([...found.map(({ key }) => key), ...keysOfEarlier(this.#earlier, prefix)])].sort()
    }))
  }

  get #place(): string {
    return this.#host.artifacts.stores.get("default")!
  }
}

/** A key of a manifest as the store takes it: `/` at its ends and `..` in it lead nowhere. */
const storeKey = (key: string): string => {
  const path = posix.resolve("/", `./${key}`).slice(1)
  if (path === "") throw new BadArgument(`"${key}" cannot be the key of an artifact`)
  return path
}

const here = <A>(work: () => A): Effect.Effect<A, BadArgument> =>
  Effect.try({ try: work, catch: (error) => new BadArgument(messageFrom(error)) })

const plainly = <A>(work: Effect.Effect<A, Error>): Effect.Effect<A, BadArgument> =>
  Effect.mapError(work, (error) => new BadArgument(messageFrom(error)))
