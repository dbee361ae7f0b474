/** What goes into an archive: a path on the disk and what it is called inside. */
import type { Stats } from "node:fs"
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import type { ArtifactError, ArtifactReason } from "../../artifact/ArtifactError.ts"
import { parseEntryName } from "../../artifact/entryName.ts"
import { linkLeaves, targetProblem } from "../../artifact/linkTarget.ts"

/** A file, directory or link to be packed. */
export interface PackEntry {
  readonly kind: "file" | "directory" | "link"
  /** The name in the archive, with `/`. */
  readonly name: string
  readonly path: string
  /** The permission bits. */
  readonly mode: number
  readonly size: number
  /** Where a link leads. */
  readonly target: string
}

/**
 * The time that archives tell of each entry, so that the same tree is the same bytes whenever it was written; unpacking
 * sets no times. It is the earliest that zip can tell, there in local time, since zip knows no zones.
 */
export const packedAt = { tar: new Date(Date.UTC(1980, 0, 1)), zip: new Date(1980, 0, 1) }

/** Makes the error of one entry. */
export type EntryFault = (reason: ArtifactReason, entry: string, cause: string) => ArtifactError

/**
 * The entries of a path, a directory before what is in it, names in order. A path that is itself a link is followed.
 * Throws what `fault` makes for what cannot be packed: pipes, sockets, devices, links that leave the directory, names
 * that could not be unpacked.
 */
export async function* packEntries(path: string, name: string, fault: EntryFault): AsyncGenerator<PackEntry> {
  if (name.includes("/")) throw fault("Unsafe", name, "the entry at the top has a name of one segment")
  const root = await realpath(path)
  const links = new Map<string, string>()
  yield* entriesUnder(root, name, await stat(root), links, fault)
  const top = `${name}/`.length
  const inside = new Map([...links].map(([at, target]) => [at.slice(top), target]))
  for (const at of inside.keys()) {
    if (linkLeaves(at, inside)) throw fault("Unsafe", `${name}/${at}`, leaves(inside.get(at) ?? ""))
  }
}

const leaves = (target: string): string =>
  `the link leads out of the directory, to ${target}. Make it relative and let it stay inside, or copy what it leads to`

async function* entriesUnder(
  path: string,
  name: string,
  stats: Stats,
  links: Map<string, string>,
  fault: EntryFault
): AsyncGenerator<PackEntry> {
  const { problem } = parseEntryName(name)
  if (problem !== undefined) throw fault("Unsafe", name, `the entry ${problem}`)
  const entry = { name, path, mode: stats.mode & 0o777, size: stats.size, target: "" }
  if (stats.isFile()) return yield { ...entry, kind: "file" }
  if (stats.isSymbolicLink()) {
    const target = await readlink(path)
    const wrong = targetProblem(target)
    if (wrong !== undefined) throw fault("Unsafe", name, `the link ${wrong}`)
    links.set(name, target)
    return yield { ...entry, kind: "link", size: 0, target }
  }
  if (!stats.isDirectory()) throw fault("Unsupported", name, "it is neither a file nor a directory nor a link")
  yield { ...entry, kind: "directory", size: 0 }
  for (const child of (await readdir(path)).sort()) {
    const below = join(path, child)
    yield* entriesUnder(below, `${name}/${child}`, await lstat(below), links, fault)
  }
}
