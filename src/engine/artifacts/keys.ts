/** Under which key an artifact is stored, and what it may overwrite there. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { fillKeyTemplate } from "../../artifact/keyTemplate.ts"
import type { ArtifactRow } from "../../run/ArtifactRow.ts"
import type { LiveNode } from "../Live.ts"

const ownTemplate = "pinnace/{file}/{run}/{node}.{attempt}.{id}.{name}"

/** The key of an artifact; without a template one that nothing else ever has. */
export const keyOf = (
  { path, run: { host, ledger } }: LiveNode,
  put: { readonly attempt: number; readonly id: string; readonly name: string },
  template = ownTemplate
): string => {
  const { file } = host.journal.artifacts
  return fillKeyTemplate(template, { ...put, file, run: ledger.row.id, node: path.replaceAll("/", ".") })
}

/** A put under a key of the user's. */
interface OwnKey {
  readonly attempt: number
  readonly store: string
  readonly key: string
  readonly name: string
}

/**
 * Takes a key of the user's for an attempt; answers with the artifact whose bytes its own take the place of: what an
 * earlier attempt of the same node saved, unless somebody keeps it or it is being deleted. Two nodes, runs or puts of
 * an attempt must not overwrite each other's bytes: that is an error.
 */
export const claimKey = (
  live: LiveNode,
  { attempt, key, name, store }: OwnKey
): Effect.Effect<string | undefined, Error> => {
  const { path, run: { host, ledger } } = live
  return Effect.flatMap(host.journal.reads.artifacts.named(store, [key]), (rows) => {
    const row = rows.get(key)
    const isFree = row === undefined || isEarlier(live, row)
    if (isFree && host.artifacts.claims.take(store, key, { run: ledger.row.key, path, attempt })) {
      return Effect.succeed(row?.artifact)
    }
    const why = "another one has that key. Put {run}, {node} or {attempt} into it"
    return Effect.fail(new Error(`Artifact "${name}" of node "${path}" cannot be saved as "${key}": ${why}`))
  })
}

const isEarlier = ({ path, run: { ledger } }: LiveNode, row: ArtifactRow): boolean =>
  row.run === ledger.row.key && row.path === path && row.state === "live" && !row.pinned

/** How long a deletion that is under way may take: it is looked at after 1 ms, 2 ms, … and at last every 100. */
const patience = {
  schedule: Schedule.min([Schedule.exponential("1 millis"), Schedule.spaced("100 millis")]),
  times: 600
}

/**
 * For a key that whoever writes last has, as in any object store: what names it counts as gone, and whoever deletes its
 * bytes just now is waited for, so that it never deletes the new ones. One that is pinned is kept: that is an error.
 */
export const takeKey = (
  { path, run: { host } }: LiveNode,
  { key, name, store }: Omit<OwnKey, "attempt">
): Effect.Effect<void, Error> => {
  const refused = (why: string): Error =>
    new Error(`Artifact "${name}" of node "${path}" cannot be saved as "${key}": ${why}`)
  const take = Effect.gen(function* () {
    host.journal.append([{ kind: "overwrite", store, key }])
    yield* host.journal.drained
    const row = (yield* host.journal.reads.artifacts.named(store, [key])).get(key)
    if (row === undefined) return
    const pinned =
      `artifact ${row.artifact} of run ${row.runId} has that key and is pinned. Unpin it, or choose another key`
    return yield* row.pinned
      ? Effect.fail(refused(pinned))
      : Effect.fail(new Busy("what was saved there is being deleted. Try again later"))
  })
  return Effect.mapError(
    Effect.retry(take, { ...patience, while: (error) => error instanceof Busy }),
    (error) => error instanceof Busy ? refused(error.message) : error
  )
}

/** Another process deletes what has the key. */
class Busy extends Error {}
