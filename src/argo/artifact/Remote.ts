/**
 * Artifacts of HTTP servers, git repositories and buckets.
 *
 * Owns: the buckets that were opened.
 */
import { messageFrom } from "../document/messageFrom.ts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { S3Location } from "../document/Locations.ts"
import type { Artifact, StoreDocument } from "../document/Manifest.ts"
import { openBucket } from "./bucket.ts"
import { loadGit } from "./git.ts"
import { loadHttp } from "./http.ts"
import { loadObject } from "./objects.ts"
import { onHost } from "./onHost.ts"
import { opened, settle } from "./received.ts"

/** See the head of the file. */
export class Remote {
  readonly #stores: ReadonlyArray<StoreDocument>
  readonly #buckets = new Map<string, ArtifactStore>()

  constructor(stores: ReadonlyArray<StoreDocument>) {
    this.#stores = stores
  }

  /**
   * Puts an artifact at a path, unpacked; `scratch` is a path that
   * does not exist. Answers whether there is such an artifact.
   */
  load(
    artifact: Artifact,
    bucket: S3Location | undefined,
    to: string,
    scratch: string
  ): Effect.Effect<boolean, BadArgument> {
    // Of what is in a bucket the part is chosen by its key.
    const part = bucket === undefined ? artifact.subPath : undefined
    return Effect.flatMap(
      this.#fetched(artifact, bucket, scratch),
      (found) =>
        found
          ? Effect.flatMap(plainly(opened(artifact, scratch)), (ready) => onHost(() => settle(ready, to, part)))
          : Effect.succeed(false)
    )
  }

  #fetched(
    { git, http, s3, subPath }: Artifact,
    bucket: S3Location | undefined,
    to: string
  ): Effect.Effect<boolean, BadArgument> {
    if (http !== undefined) return loadHttp(http, this.#stores, to)
    if (git !== undefined) return Effect.as(loadGit(git, this.#stores, to), true)
    const key = subPath === undefined ? s3?.key ?? "" : `${s3?.key}/${subPath}`
    return Effect.flatMap(this.open(bucket ?? {}), (store) => plainly(loadObject(store, key, to)))
  }

  /** All keys that begin with a key. */
  keys(key: string, bucket: S3Location): Effect.Effect<ReadonlyArray<string>, BadArgument> {
    return Effect.flatMap(
      this.open(bucket),
      (store) => plainly(Effect.map(Stream.runCollect(store.list(key)), (found) => found.map((it) => it.key).sort()))
    )
  }

  /** The bucket as a store. */
  open(bucket: S3Location): Effect.Effect<ArtifactStore, BadArgument> {
    const name = JSON.stringify(bucket)
    const known = this.#buckets.get(name)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.tap(openBucket(bucket, this.#stores), (store) => Effect.sync(() => this.#buckets.set(name, store)))
  }
}

const plainly = <A>(work: Effect.Effect<A, Error>): Effect.Effect<A, BadArgument> =>
  Effect.mapError(work, (error) => new BadArgument(messageFrom(error)))
