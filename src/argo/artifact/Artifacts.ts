/**
 * The artifacts of one run: read from where manifests say, saved in a bucket or in the local directory.
 *
 * Owns: what reaches other stores, loaded when it is needed first. Does not own: the local directory, which outlives
 * the run. Invariant: an artifact that names a bucket for which there are no credentials, neither in Secrets nor in the
 * environment, is kept in the local directory.
 */
import { messageFrom } from "../document/messageFrom.ts"
import { rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { copyOut, makePrivate, putIn, type Spot } from "../../files/mod.ts"
import { fileName } from "../document/fileName.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { Repository, S3Location } from "../document/Locations.ts"
import type { Artifact, StoreDocument, WorkflowSpec } from "../document/Manifest.ts"
import { type ArtifactFolder, artifactFolder } from "./ArtifactFolder.ts"
import { hasCredentials } from "./credentials.ts"
import { bucketOf, keyOf } from "./location.ts"
import { setMode } from "./mode.ts"
import { repositoryOf } from "./repository.ts"
import type { Remote } from "./Remote.ts"

/** Where something was saved. */
export interface Saved {
  readonly key: string
  readonly s3?: S3Location
}

/** See the head of the file. */
export class Artifacts {
  /** The local directory. */
  readonly folder: ArtifactFolder
  readonly #stores: ReadonlyArray<StoreDocument>
  readonly #repository: Repository | undefined
  #remote: Promise<Remote> | undefined

  /** Throws BadArgument for a repository that cannot be used. */
  constructor(directory: string, stores: ReadonlyArray<StoreDocument>, spec: WorkflowSpec) {
    this.folder = artifactFolder(directory)
    this.#stores = stores
    this.#repository = repositoryOf(spec, stores)
  }

  /** How keys in the repository begin: a text with tags. */
  get keyFormat(): string {
    return this.#repository?.keyFormat ?? "{{workflow.name}}/{{pod.name}}"
  }

  /** The bucket that an artifact is in or comes to, and `undefined` for the local directory. */
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
      local(() => {
        if (found) putIn(to, scratch)
        return found
      }))
  }

  /** Fetches an artifact to a path of ours that does not exist. Answers whether there is such an artifact. */
  fetch(artifact: Artifact, to: string): Effect.Effect<boolean, BadArgument> {
    return Effect.suspend(() => {
      const { git, http, raw, s3, subPath } = artifact
      const bucket = this.bucket(s3)
      const isLocal = http === undefined && git === undefined && bucket === undefined
      makePrivate(dirname(to))
      const found = raw !== undefined
        ? Effect.as(local(() => writeFileSync(to, raw.data ?? "", { flag: "wx" })), true)
        : isLocal
        ? local(() => this.folder.get(keyOf(artifact) ?? "", to, subPath))
        : this.#with((remote) => remote.load(artifact, bucket, to, `${to}.part`))
      return Effect.map(found, (is) => (is ? setMode(artifact, to) : undefined, is))
    })
  }

  /** Saves a file or directory; in `directory`, which is ours, it is copied on its way to a bucket. */
  save(
    artifact: Artifact,
    key: string,
    from: Spot,
    bucket: S3Location | undefined,
    directory: string
  ): Effect.Effect<Saved, BadArgument> {
    if (bucket === undefined) return Effect.as(local(() => this.folder.put(key, from)), { key })
    const scratch = scratchIn(directory, artifact.name ?? "", "outgoing")
    const copied = local(() => {
      makePrivate(dirname(scratch))
      copyOut(from, scratch)
    })
    return copied.pipe(
      Effect.andThen(this.#with((remote) => remote.save(artifact, key, scratch, bucket))),
      Effect.ensuring(Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))),
      Effect.as({ key, s3: bucket })
    )
  }

  /** Deletes what was saved; what is gone already counts as deleted. */
  remove({ key, s3 }: Saved): Effect.Effect<void, BadArgument> {
    if (s3 !== undefined) return this.#with((remote) => remote.remove(key, s3))
    return local(() => this.folder.remove(key))
  }

  /** All keys that begin with a key. */
  keys(own: S3Location | undefined, key: string): Effect.Effect<ReadonlyArray<string>, BadArgument> {
    const bucket = this.bucket(own)
    if (bucket === undefined) return Effect.sync(() => this.folder.keys(key))
    return this.#with((remote) => remote.keys(key, bucket))
  }

  #with<A>(work: (remote: Remote) => Effect.Effect<A, BadArgument>): Effect.Effect<A, BadArgument> {
    const loaded = Effect.promise(() =>
      this.#remote ??= import("./Remote.ts").then(({ Remote }) => new Remote(this.#stores))
    )
    return Effect.flatMap(loaded, work)
  }
}

/** Work on the local directory. */
const local = <A>(work: () => A): Effect.Effect<A, BadArgument> =>
  Effect.try({ try: work, catch: (error) => new BadArgument(messageFrom(error)) })

/** A path for something on its way, in the private directory of a container. */
export const scratchIn = (directory: string, name: string, way: "incoming" | "outgoing" = "incoming"): string =>
  join(makePrivate(directory), way, fileName(name))
