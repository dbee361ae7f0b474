/**
 * Saves bytes for a node: under a key that is free or may be
 * overwritten, and staged, so that their row comes with the node's end.
 */
import * as Effect from "effect/Effect"
import type { SavedArtifact } from "../../run/ArtifactRow.ts"
import type { ArtifactContent, ArtifactGC, PutArtifact } from "../../workflow/Artifact.ts"
import type { LiveNode } from "../Live.ts"
import { claimKey, keyOf, takeKey } from "./keys.ts"

/** What is to be saved, and where. */
export interface Saving {
  readonly attempt: number
  readonly name: string
  readonly content: ArtifactContent
  /** The place of a store. */
  readonly place: string
  readonly gc: ArtifactGC
  /** How it is packed; its `key` is one that the author chose. */
  readonly options: PutArtifact
  /** Whether a key that another node or run has is taken over, as in object stores; default false: it is an error. */
  readonly takesOver?: boolean
  /** Throws when the attempt is over. */
  readonly check?: () => void
}

/** Saves it; fails with what is wrong with the key, the content or the store. */
export const save = (live: LiveNode, saving: Saving): Effect.Effect<SavedArtifact, Error> =>
  Effect.gen(function* () {
    const { host, ledger } = live.run
    const mover = yield* trying(() => host.artifacts.mover())
    const { artifact, key } = yield* tried(() => placed(live, saving))
    const overwrites = yield* overwritten(live, saving, key)
    const { attempt, content, gc, name, options, place } = saving
    const moved = yield* Effect.onError(
      mover.put(mover.store(place)!, key, content, options),
      () => Effect.sync(() => options.key !== undefined && host.artifacts.claims.giveBack(place, key))
    )
    const saved: SavedArtifact = { artifact, name, store: place, key, gc, ...moved }
    yield* tried(() => saving.check?.())
    if (ledger.lost === undefined) {
      const always = options.when === "always"
      const ownKey = options.key === undefined
      live.stage({ saved, attempt, always, ownKey, overwrites, takesOver: saving.takesOver === true && !ownKey })
    }
    return saved
  })

const tried = <A>(work: () => A): Effect.Effect<A, Error> => Effect.try({ try: work, catch: (error) => error as Error })

const trying = <A>(work: () => Promise<A>): Effect.Effect<A, Error> =>
  Effect.tryPromise({ try: work, catch: (error) => error as Error })

/** Its identity and key. */
const placed = (live: LiveNode, saving: Saving) => {
  const { attempt, name, options, takesOver } = saving
  const artifact = live.run.host.journal.artifacts.nextId()
  const key = takesOver === true && options.key !== undefined
    ? options.key
    : keyOf(live, { attempt, id: artifact, name }, options.key)
  refuseSecrets(live, saving, key)
  return { artifact, key }
}

/** What it takes the place of. */
const overwritten = (
  live: LiveNode,
  { attempt, name, options, place, takesOver }: Saving,
  key: string
): Effect.Effect<string | undefined, Error> => {
  if (options.key === undefined) return Effect.succeed(undefined)
  const at = { attempt, store: place, key, name }
  return takesOver === true ? Effect.as(takeKey(live, at), undefined) : claimKey(live, at)
}

const refuseSecrets = ({ path, run }: LiveNode, { name, options }: Saving, key: string): void => {
  const secret = run.mask.nameIn(`${name}\n${key}\n${options.mediaType ?? ""}`)
  if (secret === undefined) return
  throw new Error(
    `Node "${path}" cannot save an artifact whose name, key or media type holds the secret "${secret}" in clear`
  )
}
