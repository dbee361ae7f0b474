/** What every store has in common: arguments are checked and bytes counted here, once; a backend only moves them. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type ArtifactError, artifactError, type ArtifactOperation } from "./ArtifactError.ts"
import { Digest, digested } from "./content.ts"
import { keyProblem, prefixProblem } from "./key.ts"
import type { ArtifactStore, ByteRange, Deletion, Location, ObjectInfo, PutOptions, Swept } from "./Store.ts"

/** What a kind of store has to bring: it is given valid keys and ranges only, and a stream that checks itself. */
export interface Backend {
  readonly describe: string
  readonly location: (key: string) => Location
  readonly put: <E, R>(
    key: string,
    content: Stream.Stream<Uint8Array, E, R>,
    options: PutOptions
  ) => Effect.Effect<void, ArtifactError | E, R>
  /** `end` is Infinity when the rest is wanted; `start` never exceeds it. */
  readonly get: (key: string, start: number, end: number) => Stream.Stream<Uint8Array, ArtifactError>
  readonly stat: (key: string) => Effect.Effect<ObjectInfo, ArtifactError>
  readonly list: (prefix: string) => Stream.Stream<ObjectInfo, ArtifactError>
  /** Keys are different from each other; the answers' order does not matter. */
  readonly delete: (keys: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Deletion>>
  /** Removes what was begun before this instant, in milliseconds since 1970. */
  readonly sweep: (before: number) => Effect.Effect<Swept, ArtifactError>
}

/** A store on a backend. */
export const makeStore = (backend: Backend): ArtifactStore => {
  const fault = (operation: ArtifactOperation, key: string): ArtifactError | undefined => {
    const problem = operation === "list" ? prefixProblem(key) : keyProblem(key)
    if (problem === undefined) return undefined
    return artifactError("InvalidKey", { operation, key, store: backend.describe }, problem)
  }
  return {
    describe: backend.describe,
    location: backend.location,
    put: (key, content, options = {}) => {
      const error = fault("put", key)
      return error === undefined ? put(backend, key, content, options) : Effect.fail(error)
    },
    get: (key, options) => get(backend, key, options?.range ?? {}, fault("get", key)),
    stat: (key) => {
      const error = fault("stat", key)
      return error === undefined ? backend.stat(key) : Effect.fail(error)
    },
    list: (prefix = "") => {
      const error = fault("list", prefix)
      return error === undefined ? backend.list(prefix) : Stream.fail(error)
    },
    delete: (keys) => remove(backend, [...keys], (key) => fault("delete", key)),
    sweep: ({ olderThan }) => Effect.flatMap(Clock.currentTimeMillis, (now) => backend.sweep(now - olderThan))
  }
}

const put = <E, R>(
  backend: Backend,
  key: string,
  content: Stream.Stream<Uint8Array, E, R>,
  options: PutOptions
) =>
  Effect.suspend(() => {
    const digest = new Digest()
    const checked = digested(content, digest, () => {
      if (options.size === undefined || options.size === digest.size) return undefined
      const cause = `the stream held ${digest.size} bytes, not ${options.size} as was said`
      return artifactError("Corrupt", { operation: "put", key, store: backend.describe }, cause)
    })
    return Effect.map(backend.put(key, checked, options), () => ({ key, size: digest.size, sha256: digest.sha256() }))
  })

const get = (
  backend: Backend,
  key: string,
  { start = 0, end = Infinity }: ByteRange,
  error: ArtifactError | undefined
): Stream.Stream<Uint8Array, ArtifactError> => {
  if (error !== undefined) return Stream.fail(error)
  if (isOffset(start) && (isOffset(end) || end === Infinity) && start <= end) return backend.get(key, start, end)
  const cause = `from ${start} to ${end} is not a range of bytes`
  return Stream.fail(artifactError("InvalidRange", { operation: "get", key, store: backend.describe }, cause))
}

const isOffset = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

const remove = (
  backend: Backend,
  keys: ReadonlyArray<string>,
  fault: (key: string) => ArtifactError | undefined
): Effect.Effect<ReadonlyArray<Deletion>> => {
  const valid = [...new Set(keys)].filter((key) => fault(key) === undefined)
  return Effect.map(valid.length === 0 ? Effect.succeed([]) : backend.delete(valid), (deletions) => {
    const answers = new Map(deletions.map((it) => [it.key, it]))
    return keys.map((key) => {
      const error = fault(key) ?? answers.get(key)?.error
      return error === undefined ? { key } : { key, error }
    })
  })
}
