/** Under which key an artifact is stored, and what it may overwrite there. */
import * as Effect from "effect/Effect"
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

/**
 * For a key that whoever writes last has, as in any object store: the artifact
 * whose bytes are about to be replaced. One that is pinned is kept: that is an error.
 */
export const overwrittenAt = (
  { path, run: { host } }: LiveNode,
  { key, name, store }: OwnKey
): Effect.Effect<string | undefined, Error> =>
  Effect.flatMap(host.journal.reads.artifacts.named(store, [key]), (rows) => {
    const row = rows.get(key)
    if (row?.pinned !== true) return Effect.succeed(row?.artifact)
    const why =
      `artifact ${row.artifact} of run ${row.runId} has that key and is pinned. Unpin it, or choose another key`
    return Effect.fail(new Error(`Artifact "${name}" of node "${path}" cannot be saved as "${key}": ${why}`))
  })
