/**
 * Names of nodes whose record was kept from another run: they begin
 * with the name of that run, and are shown with the name of this one.
 */
import type { JournalShape } from "../../journal/Journal.ts"
import { isEntry, type NodeMeta } from "../compile/NodeMeta.ts"

/** Renames what was kept from a run, by the names of those runs; one that is gone has none. */
export const renaming = (
  name: string,
  nameOfRun: (id: string) => string | undefined
): (meta: NodeMeta, from: string) => NodeMeta =>
(meta, from) => {
  const old = nameOfRun(from)
  const own = (text: string): string =>
    name + text.slice(old !== undefined && text.startsWith(old) ? old.length : ownEnd(text))
  return {
    ...meta,
    name: own(meta.name),
    ...(isEntry(meta) && meta.displayName === meta.name ? { displayName: own(meta.name) } : {}),
    boundary: meta.boundary === "" ? "" : own(meta.boundary),
    ...(meta.after === undefined ? {} : { after: meta.after.map(own) })
  }
}

/** Where the name of the run ends in that of a node, when the run is gone. */
const ownEnd = (text: string): number => {
  const at = text.search(/[.[(]/)
  return at < 0 ? text.length : at
}

/** The names of runs, looked up once each; the name of a run of a manifest is that of its entry node. */
export const namesOfRuns = (journal: JournalShape): (id: string) => string | undefined => {
  const known = new Map<string, string | undefined>()
  return (id) => {
    if (!known.has(id)) known.set(id, nameOfRun(journal, id))
    return known.get(id)
  }
}

const nameOfRun = (journal: JournalShape, id: string): string | undefined => {
  const row = journal.findRun(id)
  for (const { event } of row === undefined ? [] : journal.events(row.key, 0)) {
    const meta = "shows" in event ? event.shows as NodeMeta | undefined : undefined
    if (meta !== undefined && isEntry(meta)) return meta.name
  }
  return undefined
}
