/**
 * A store in a directory.
 *
 * Owns: what is below its directory; several processes may share one. Does not own: the directory's parents.
 * Invariants: an object's file is complete, since it gets its name by one rename after its bytes are on the disk; a
 * file that is not complete lies in the pending folder, where `sweep` finds it.
 */
import { admit, admitOne, groupRule, oneOf, path } from "../../workflow/admit.ts"
import { rm, stat } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import { type Backend, makeStore } from "../../artifact/makeStore.ts"
import type { ArtifactStore, Deletion, ObjectInfo, PutOptions, Swept } from "../../artifact/Store.ts"
import { readFile, writeHandle } from "../file.ts"
import { diskError, type DiskPlace, isAbsent } from "./diskError.ts"
import { makeSync, noSync, pruneFolder, type Sync } from "./folders.ts"
import { objectPath, pendingFolder } from "./objectPath.ts"
import { openPending, type Pending, publish, sweepPending } from "./pending.ts"
import { objectsOf } from "./walk.ts"

/** How a store in a directory behaves. */
export interface DiskOptions {
  /** What an object that was put survives: loss of power (default), or only the end of the process. */
  readonly durability?: "power" | "process"
  /**
   * The id of a group of users who may read, write and remove objects too. Default none: they are this user's alone.
   */
  readonly group?: number
}

/**
 * Makes a store in a directory, which is created by the first put. Keys are encoded so that any valid key works on any
 * file system, case does not collide, and one object may have the name of another's folder.
 */
export const diskStore = (directory: string, options: DiskOptions = {}): ArtifactStore => {
  admitOne("the directory of a store", directory, path)
  const rules = { durability: oneOf(["power", "process"]), group: groupRule }
  const { durability = "power", group } = admit<DiskOptions>("the options of diskStore", options, rules)
  return makeStore(new Disk(resolve(directory), durability === "power", group))
}

class Disk implements Backend {
  readonly describe: string
  readonly #root: string
  readonly #pending: string
  readonly #durable: boolean
  readonly #sync: Sync

  readonly #group: number | undefined

  constructor(root: string, durable: boolean, group: number | undefined) {
    this.describe = `directory ${root}`
    this.#root = root
    this.#pending = join(root, pendingFolder)
    this.#durable = durable
    this.#sync = durable ? makeSync() : noSync
    this.#group = group
  }

  readonly location = (key: string) => ({ kind: "disk", key, directory: this.#root })

  readonly put = <E, R>(
    key: string,
    content: Stream.Stream<Uint8Array, E, R>,
    options: PutOptions
  ): Effect.Effect<void, E | ArtifactError, R> => {
    const onError = this.#onError("put", key)
    return Effect.acquireUseRelease(
      attempt(() => openPending(this.#pending, this.#sync, this.#group), onError),
      (pending) =>
        writeHandle(pending.handle, content, onError).pipe(
          // From here on it is a matter of moments, and half of it would be of no use.
          Effect.andThen(Effect.uninterruptible(attempt(() => this.#commit(pending, key, options), onError)))
        ),
      (pending, exit) => Effect.promise(() => exit._tag === "Success" ? Promise.resolve() : discard(pending))
    )
  }

  readonly get = (key: string, start: number, end: number): Stream.Stream<Uint8Array, ArtifactError> =>
    readFile(this.#path(key), this.#onError("get", key), start, end)

  readonly stat = (key: string): Effect.Effect<ObjectInfo, ArtifactError> =>
    Effect.map(
      attempt(() => stat(this.#path(key)), this.#onError("stat", key)),
      ({ size, mtimeMs }) => ({ key, size, modifiedAt: mtimeMs })
    )

  readonly list = (prefix: string): Stream.Stream<ObjectInfo, ArtifactError> =>
    Stream.suspend(() => Stream.fromAsyncIterable(objectsOf(this.#root, prefix), this.#onError("list", prefix)))

  readonly delete = (keys: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Deletion>> =>
    Effect.forEach(keys, (key) => this.#remove(key), { concurrency: 16 }).pipe(
      Effect.tap(() => this.#prune(keys))
    )

  readonly sweep = (before: number): Effect.Effect<Swept, ArtifactError> =>
    Effect.map(
      attempt(() => sweepPending(this.#pending, before), this.#onError("sweep", "")),
      (removed) => ({ removed })
    )

  #path(key: string): string {
    return join(this.#root, objectPath(key))
  }

  #onError(operation: DiskPlace["operation"], key: string): (cause: unknown) => ArtifactError {
    return (cause) => diskError({ operation, key, store: this.describe }, cause)
  }

  async #commit({ path, handle }: Pending, key: string, options: PutOptions): Promise<void> {
    if (this.#durable) await handle.sync()
    await handle.close()
    const how = { exclusive: options.ifAbsent === true, group: this.#group, sync: this.#sync }
    await publish(path, this.#path(key), how)
  }

  #remove(key: string): Effect.Effect<Deletion> {
    return Effect.promise(() =>
      rm(this.#path(key)).then(
        () => ({ key }),
        (cause) => isAbsent(cause) ? { key } : { key, error: this.#onError("delete", key)(cause) }
      )
    )
  }

  #prune(keys: ReadonlyArray<string>): Effect.Effect<void> {
    const folders = new Set(keys.map((key) => dirname(this.#path(key))))
    return Effect.promise(() => Promise.all([...folders].map((it) => pruneFolder(it, this.#root))))
  }
}

const attempt = <A>(
  work: () => Promise<A>,
  onError: (cause: unknown) => ArtifactError
): Effect.Effect<A, ArtifactError> => Effect.tryPromise({ try: work, catch: onError })

const discard = async ({ path, handle }: Pending): Promise<void> => {
  await handle.close().catch(() => {})
  await rm(path, { force: true }).catch(() => {})
}
