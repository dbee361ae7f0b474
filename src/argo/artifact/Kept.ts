/**
 * Artifacts in the engine's store: saved as rows of their nodes, and read by key, whoever has put it there.
 *
 * Owns: nothing; rows are the journal's, bytes the store's. Invariants: a key belongs to
 * the node that saved under it last; what earlier versions kept is found where the store has nothing.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Host } from "../../engine/Interpreter.ts"
import { isReadable } from "../../run/ArtifactRow.ts"
import type { BadArgument } from "../document/BadArgument.ts"
import type { Artifact } from "../document/Manifest.ts"
import { fetchEarlier, keysOfEarlier } from "./earlier.ts"
import { plainly, storeKey } from "./keeping.ts"
import { keyOf } from "./location.ts"
import { onHost } from "./onHost.ts"
import { fetchStray, orFalse } from "./stray.ts"

/** See the head of the file. */
export class Kept {
  readonly #host: Host
  readonly #earlier: string

  constructor(host: Host, earlier: string) {
    this.#host = host
    this.#earlier = earlier
  }

  /** Fetches an artifact, or a part of it, to a path of ours that does not exist; answers whether there is one. */
  fetch(artifact: Artifact, to: string): Effect.Effect<boolean, BadArgument> {
    return Effect.suspend(() => {
      const key = keyOf(artifact) ?? ""
      const there = plainly(this.#fetch(artifact, storeKey(key), to))
      return Effect.flatMap(
        there,
        (found) => found ? Effect.succeed(true) : onHost(() => fetchEarlier(this.#earlier, key, to, artifact.subPath))
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
