/**
 * The stores of one engine, by the places that rows name.
 *
 * Owns: which stores there are. Does not own: stores. Invariant: one place
 * is one store, and a bucket has one place.
 */
import * as Effect from "effect/Effect"
import type { ArtifactStore } from "../artifact/Store.ts"
import { bucketAt, hasEnvironmentCredentials, placeOfBucket } from "../store/s3/place.ts"

/** See the head of the file. */
export class OpenStores {
  /** Places by the names that stores go by here. */
  readonly names: Map<string, string> = new Map()
  readonly #stores = new Map<string, ArtifactStore>()

  /** A store that the engine was opened with, by a name; without one it comes later. */
  give(name: string, store: ArtifactStore | undefined): void {
    const place = placeOf(name, store)
    this.names.set(name, place)
    if (store !== undefined) this.#stores.set(place, store)
  }

  /** A bucket that the engine was not opened with; answers its place. The latest credentials for one count. */
  readonly add = (store: ArtifactStore): string => {
    const given = [...this.#stores].find(([place, one]) => bucketAt(place) === undefined && isSame(one, store))?.[0]
    if (given !== undefined) return given
    const place = placeOfBucket(store.location("x"))
    this.names.set(place, place)
    this.#stores.set(place, store)
    return place
  }

  /** The store at a place that is known. */
  readonly get = (place: string): ArtifactStore | undefined => this.#stores.get(place)

  /** Sets the store at a place. */
  set(place: string, store: ArtifactStore): void {
    this.#stores.set(place, store)
  }

  /** Which of these places, asked for only if there may be some, can be opened with credentials of the environment. */
  readonly reachable = <E>(
    places: Effect.Effect<ReadonlyArray<string>, E>
  ): Effect.Effect<ReadonlyArray<string>, E> =>
    hasEnvironmentCredentials()
      ? Effect.map(places, (all) => all.filter((place) => bucketAt(place) !== undefined))
      : Effect.succeed([])

  /** The store at a place, opened if need be and possible. */
  readonly find = async (place: string): Promise<ArtifactStore | undefined> => {
    const [known, bucket] = [this.get(place), bucketAt(place)]
    if (known !== undefined || bucket === undefined) return known
    const { s3Store } = await import("../store/s3/s3Store.ts")
    this.add(s3Store(bucket))
    return this.get(place)
  }
}

/**
 * What tells a store from others, in every process that has this state file: its bucket or directory. What is beside
 * the state file moves with it, and memory is nowhere, so these go by their names.
 */
const placeOf = (name: string, store: ArtifactStore | undefined): string =>
  store === undefined || store.location("x").kind === "memory" ? name : store.describe

const isSame = (one: ArtifactStore, other: ArtifactStore): boolean => {
  const [a, b] = [one.location("x"), other.location("x")]
  return a.kind === "s3" && ["kind", "bucket", "prefix", "endpoint"].every((it) => a[it] === b[it])
}
