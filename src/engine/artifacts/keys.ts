/** Under which key an artifact is stored, and what it may overwrite there. */
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

/**
 * The artifact whose bytes a put under a key of the user's takes the place of: what an earlier attempt of the same node saved, unless
 * somebody keeps it or it is being deleted. Two nodes, runs or puts of an attempt must not overwrite each other's bytes: that is an error.
 */
export const overwritten = (live: LiveNode, store: string, key: string, name: string): string | undefined => {
  const row = live.run.host.journal.artifacts.named(store, [key]).get(key)
  const isStaged = live.staged.some(({ saved }) => saved.store === store && saved.key === key)
  if (!isStaged && (row === undefined || isEarlier(live, row))) return row?.artifact
  throw new Error(
    `Artifact "${name}" of node "${live.path}" cannot be saved as "${key}": another one has that key. ` +
      "Put {run}, {node} or {attempt} into it"
  )
}

const isEarlier = ({ path, run: { ledger } }: LiveNode, row: ArtifactRow): boolean =>
  row.run === ledger.row.key && row.path === path && row.state === "live" && !row.pinned
