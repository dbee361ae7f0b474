/**
 * The way to a path as a node sees it: component by component, links included, each within the node's own view.
 *
 * Owns: the directories it holds open, until `close`. Does not own: what is found. Invariants: nothing outside of the
 * view is opened; a link is read and looked up in the view, never followed by the system; `..` never leads above the
 * view's root; on Linux a component that is replaced after it was looked at changes nothing, since the next is looked
 * for in the open directory. Elsewhere, and for what a mounted directory of the author's is itself, a process that
 * replaces a directory by a link at that moment is not caught.
 */
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from "node:fs"
import { posix } from "node:path"
import { type Folder, openFolder } from "./Folder.ts"
import { partAt, partsBelow, type View } from "./View.ts"

/** A directory of the view: the upper folder first. */
export interface Level {
  readonly path: string
  readonly folders: ReadonlyArray<Folder>
  /** Whether only the system's administrator can have put links there. */
  readonly isSystem: boolean
}

/** What is at a path: a directory, a file or something else by where it is on the host. */
export type Found =
  | { readonly kind: "directory"; readonly level: Level }
  | {
    readonly kind: "file" | "other"
    readonly host: string
    readonly name: string
    readonly stats: Stats
    readonly level: Level
  }

/** A path that leads out of what a node may reach. */
export class Escape extends Error {
  readonly _tag = "Escape" as const
  override readonly name: "Escape" = "Escape"
}

/** How far a path leads: directories on the way, what does not exist of it, and the file at its end or on the way. */
interface Way {
  readonly stack: ReadonlyArray<Level>
  readonly missing: ReadonlyArray<string>
  readonly found: Found | undefined
}

const mostLinks = 40

/** See the head of the file. */
export class Walk {
  readonly view: View
  readonly #open: Array<Folder> = []
  /** Whether a link was followed that a node may have made. */
  #isLed = false

  constructor(view: View) {
    this.view = view
  }

  /** Closes what is open. */
  close(): void {
    for (const folder of this.#open.splice(0)) folder.close()
  }

  /** What is at a path, all links followed. Throws Escape. */
  find(path: string): Found | undefined {
    const { found, missing, stack } = this.#go(path)
    if (missing.length > 0) return undefined
    return found ?? { kind: "directory", level: stack.at(-1)! }
  }

  /**
   * A path without links, of a directory to write in or of anything;
   * what does not exist yet is added as it is. Throws Escape.
   */
  real(path: string, end: "directory" | "any" = "directory"): string {
    const { found, missing, stack } = this.#go(path)
    if (found !== undefined && missing.length === 0 && end === "any") {
      return posix.join(stack.at(-1)!.path, found.kind === "directory" ? "" : found.name)
    }
    if (found !== undefined) throw new Escape(`"${path}" leads through something that is not a directory`)
    const real = posix.join(stack.at(-1)!.path, ...missing)
    if (this.#isLed && this.view.isHost && (partAt(this.view, real)?.path ?? "/") === "/") {
      throw new Escape(`a link on the way to "${path}" leads to "${real}", which is in no volume of the node`)
    }
    return real
  }

  #go(path: string): Way {
    const stack = [this.#root()]
    const rest = names(path)
    for (let links = 0; rest.length > 0;) {
      const name = rest.shift()!
      if (name === "..") {
        if (stack.length > 1) stack.pop()
        continue
      }
      const found = this.entry(stack.at(-1)!, name)
      if (found === undefined) return { stack, missing: names(posix.join("/", name, ...rest)), found }
      if (found.kind === "directory") stack.push(found.level)
      else if (found.stats.isSymbolicLink()) {
        if (++links > mostLinks) throw new Escape(`too many links on the way to "${path}"`)
        this.#follow(found.host, found.stats, stack, rest)
      } else return { stack, missing: rest, found }
    }
    return { stack, missing: [], found: undefined }
  }

  #follow(host: string, stats: Stats, stack: Array<Level>, rest: Array<string>): void {
    const target = readlinkSync(host)
    if (!(stack.at(-1)!.isSystem && stats.uid === 0)) this.#isLed = true
    const leaves = posix.isAbsolute(target) || depth(target) > stack.length - 1
    if (this.view.links === "none" || (this.view.links === "inner" && leaves)) {
      throw new Escape(`a link leads elsewhere, to "${target}"`)
    }
    if (posix.isAbsolute(target)) stack.splice(1)
    rest.unshift(...names(target))
  }

  #root(): Level {
    return this.#partLevel("/") ??
      { path: "/", folders: [], isSystem: false }
  }

  /** The directory of a part; `undefined` when none is at that path, or it is a file. */
  #partLevel(path: string): Level | undefined {
    const part = this.view.parts.get(path)
    if (part === undefined) return undefined
    const folders = part.hosts.flatMap((host) => isFolder(host) ? [this.#keep(openFolder(host, true))] : [])
    if (folders.length === 0 && part.hosts.length > 0) return undefined
    return { path, folders, isSystem: path === "/" && this.view.isHost && isSystem(folders[0]) }
  }

  /** What has a name in a directory, a link as it is. */
  entry(level: Level, name: string): Found | undefined {
    const path = posix.join(level.path, name)
    const part = this.view.parts.get(path)
    if (part !== undefined) {
      const there = this.#partLevel(path)
      if (there !== undefined) return part.hosts.length === 0 ? undefined : { kind: "directory", level: there }
      const stats = statSync(part.hosts[0]!, { throwIfNoEntry: false })
      return stats && { kind: stats.isFile() ? "file" : "other", host: part.hosts[0]!, name, stats, level }
    }
    return this.#layered(level, name, path) ??
      (partsBelow(this.view, path).length > 0
        ? { kind: "directory", level: { path, folders: [], isSystem: false } }
        : undefined)
  }

  #layered(level: Level, name: string, path: string): Found | undefined {
    const folders: Array<Folder> = []
    for (const folder of level.folders) {
      const host = `${folder.path}/${name}`
      const stats = statsOf(host)
      if (stats === undefined) continue
      // What was removed in an upper layer.
      if (stats.isCharacterDevice() && stats.rdev === 0) break
      if (stats.isDirectory()) folders.push(this.#keep(openFolder(host)))
      else if (folders.length === 0) return { kind: stats.isFile() ? "file" : "other", host, name, stats, level }
      else break
    }
    if (folders.length === 0) return undefined
    return { kind: "directory", level: { path, folders, isSystem: level.isSystem && isSystem(folders[0]) } }
  }

  /** The names in a directory, each once. */
  names(level: Level): ReadonlyArray<string> {
    const own = level.folders.flatMap(({ path }) => readdirSync(path))
    return [...new Set([...own, ...partsBelow(this.view, level.path)])].sort()
  }

  /** Keeps a directory open until `close`. */
  #keep(folder: Folder): Folder {
    this.#open.push(folder)
    return folder
  }

  /** Closes what was opened since there were this many. */
  since<A>(work: () => A): A {
    const before = this.#open.length
    try {
      return work()
    } finally {
      for (const folder of this.#open.splice(before)) folder.close()
    }
  }

  /** As `since`, for work that takes its time; nothing else may walk meanwhile. */
  async during<A>(work: () => Promise<A>): Promise<A> {
    const before = this.#open.length
    try {
      return await work()
    } finally {
      for (const folder of this.#open.splice(before)) folder.close()
    }
  }
}

/** The components of a path. */
const names = (path: string): Array<string> => path.split("/").filter((it) => it !== "" && it !== ".")

/** How far up a relative path leads at most. */
const depth = (path: string): number => {
  let [at, least] = [0, 0]
  for (const name of names(path)) {
    at += name === ".." ? -1 : 1
    least = Math.min(least, at)
  }
  return -least
}

const isFolder = (host: string): boolean => statSync(host, { throwIfNoEntry: false })?.isDirectory() === true

const statsOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return undefined
    throw error
  }
}

const isSystem = (folder: Folder | undefined): boolean => {
  const stats = folder && statSync(`${folder.path}/.`, { throwIfNoEntry: false })
  return stats !== undefined && stats.uid === 0 && (stats.mode & 0o022) === 0
}
