/**
 * The artifacts of one run: read from where manifests say, saved in a bucket or in the store of the engine.
 *
 * Owns: what reaches other stores, loaded when it is needed first. Does not own: rows and the engine's store, which
 * outlive the run. Invariant: an artifact that names a bucket for which there are no credentials, neither in Secrets
 * nor in the environment, is kept in the engine's store.
 */
import { writeFileSync } from "node:fs"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import type { Host, LiveNode } from "../../engine/Interpreter.ts"
import { makePrivate, putIn, type Spot } from "../../files/mod.ts"
import type { BadArgument } from "../document/BadArgument.ts"
import type { Repository, S3Location } from "../document/Locations.ts"
import type { Artifact, StoreDocument, WorkflowSpec } from "../document/Manifest.ts"
import { hasCredentials } from "./credentials.ts"
import { keep, type Keeping, type KeptArtifact } from "./keeping.ts"
import { Kept } from "./Kept.ts"
import { bucketOf } from "./location.ts"
import { setMode } from "./mode.ts"
import { onHost } from "./onHost.ts"
import { repositoryOf } from "./repository.ts"
import type { Remote } from "./Remote.ts"

/** Where something was saved. */
export interface Saved extends KeptArtifact {
  readonly s3?: S3Location
}

/** What is saved, and where. */
export interface Saving extends Keeping {
  readonly bucket: S3Location | undefined
}

/** See the head of the file. */
export class Artifacts {
  readonly #host: Host
  readonly #kept: Kept
  readonly #stores: ReadonlyArray<StoreDocument>
  readonly #repository: Repository | undefined
  #remote: Promise<Remote> | undefined

  /** `earlier` is where earlier versions kept artifacts. Throws BadArgument for a repository that cannot be used. */
  constructor(host: Host, earlier: string, stores: ReadonlyArray<StoreDocument>, spec: WorkflowSpec) {
    this.#host = host
    this.#kept = new Kept(host, earlier)
    this.#stores = stores
    this.#repository = repositoryOf(spec, stores)
  }

  /** How keys in the repository begin: a text with tags. */
  get keyFormat(): string {
    return this.#repository?.keyFormat ?? "{{workflow.name}}/{{pod.name}}"
  }

  /** The bucket that an artifact is in or comes to, and `undefined` for the engine's store. */
  bucket(own: S3Location | undefined): S3Location | undefined {
    const bucket = bucketOf(own, this.#repository)
    const isUnreachable = bucket !== undefined && own?.bucket !== undefined && !hasCredentials(bucket, this.#stores)
    return isUnreachable ? undefined : bucket
  }

  /**
   * Puts an artifact at a place; `scratch` is a path of ours that
   * does not exist. Answers whether there is such an artifact.
   */
  load(artifact: Artifact, to: Spot, scratch: string): Effect.Effect<boolean, BadArgument> {
    return Effect.flatMap(this.fetch(artifact, scratch), (found) =>
      onHost(async () => {
        if (found) await putIn(to, scratch)
        return found
      }))
  }

  /** Fetches an artifact to a path of ours that does not exist. Answers whether there is such an artifact. */
  fetch(artifact: Artifact, to: string): Effect.Effect<boolean, BadArgument> {
    return Effect.suspend(() => {
      const { git, http, raw, s3 } = artifact
      const bucket = this.bucket(s3)
      const isLocal = http === undefined && git === undefined && bucket === undefined
      makePrivate(dirname(to))
      const found = raw !== undefined
        ? Effect.as(onHost(() => writeFileSync(to, raw.data ?? "", { flag: "wx" })), true)
        : isLocal
        ? this.#kept.fetch(artifact, to)
        : this.#with((remote) => remote.load(artifact, bucket, to, `${to}.part`))
      return Effect.map(found, (is) => (is ? setMode(artifact, to) : undefined, is))
    })
  }

  /** Saves a file or directory for a node. */
  save(live: LiveNode, saving: Saving): Effect.Effect<Saved, BadArgument> {
    return Effect.gen({ self: this }, function* () {
      const { bucket } = saving
      if (bucket === undefined) return yield* keep(live, saving)
      const place = this.#host.artifacts.add(yield* this.#with((remote) => remote.open(bucket)))
      return { ...(yield* keep(live, saving, place)), s3: bucket }
    })
  }

  /** All keys that begin with a key. */
  keys(own: S3Location | undefined, key: string): Effect.Effect<ReadonlyArray<string>, BadArgument> {
    const bucket = this.bucket(own)
    return bucket === undefined ? this.#kept.keys(key) : this.#with((remote) => remote.keys(key, bucket))
  }

  #with<A>(work: (remote: Remote) => Effect.Effect<A, BadArgument>): Effect.Effect<A, BadArgument> {
    const loaded = Effect.promise(() =>
      this.#remote ??= import("./Remote.ts").then(({ Remote }) => new Remote(this.#stores))
    )
    return Effect.flatMap(loaded, work)
  }
}
