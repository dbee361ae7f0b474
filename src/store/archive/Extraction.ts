/**
 * Writes the entries of an archive into a directory of its own,
 * and moves what was asked for to its destination at the end.
 *
 * Owns: everything below its directory, which was empty at first. Does not own: the destination, until the move.
 * Invariants: a path is written once and only below real directories that this made; links are made last, and only such
 * as stay inside of what is moved; so no entry is ever written through a link.
 */
import { constants } from "node:fs"
import { chmod, copyFile, type FileHandle, lstat, mkdir, open, rename, symlink } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Unpacked } from "../../artifact/Archive.ts"
import type { ArchiveMeter } from "../../artifact/archiveBounds.ts"
import { parseEntryName } from "../../artifact/entryName.ts"
import { linkLeaves, targetProblem } from "../../artifact/linkTarget.ts"
import type { EntryFault } from "./PackEntry.ts"

type Kind = "file" | "directory" | "link"

/** One extraction. Its methods throw what `fault` makes. */
export class Extraction {
  readonly #directory: string
  readonly #meter: ArchiveMeter
  readonly #fault: EntryFault
  readonly #kinds = new Map<string, Kind>()
  readonly #links = new Map<string, string>()
  readonly #modes = new Map<string, number>()

  constructor(directory: string, meter: ArchiveMeter, fault: EntryFault) {
    this.#directory = directory
    this.#meter = meter
    this.#fault = fault
  }

  /** A directory; its mode is set at the end, so that it can be written to until then. */
  async directory(name: string, mode: number): Promise<void> {
    const path = this.#enter(name)
    if (path === "") return
    await this.#makeDirectory(name, path)
    this.#modes.set(path, mode & 0o777)
  }

  /** A file with its bytes. */
  async file(name: string, mode: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    const handle = await open(await this.#place(name, "file"), "wx", 0o600)
    try {
      for await (const block of content) await this.#write(handle, name, block)
      await handle.chmod(mode & 0o777)
    } finally {
      await handle.close()
    }
  }

  /** A symbolic link. */
  async link(name: string, target: string): Promise<void> {
    const problem = targetProblem(target)
    if (problem !== undefined) throw this.#fault("Unsafe", name, `the link ${problem}`)
    await this.#place(name, "link")
    this.#links.set(this.#parse(name), target)
  }

  /** A hard link to a file that came before; it becomes a copy, so that nobody changes two files at once. */
  async hardLink(name: string, target: string): Promise<void> {
    const source = this.#parse(target)
    if (this.#kinds.get(source) !== "file") {
      throw this.#fault("Unsafe", name, `the hard link leads to ${target}, which is not a file of this archive`)
    }
    const from = join(this.#directory, source)
    this.#count(name, (await lstat(from)).size)
    await copyFile(from, await this.#place(name, "file"), constants.COPYFILE_EXCL)
  }

  /** Refuses an entry that is nothing of the above. */
  refuse(name: string, kind: string): never {
    throw this.#fault("Unsafe", name, `the entry is a ${kind}. Only files, directories and links are unpacked`)
  }

  /** Makes the links and moves the one entry at the top, or all of them as a directory, to the destination. */
  async finish(destination: string, subPath: string): Promise<Unpacked> {
    const top = this.#top(subPath)
    const kind = top === "" ? "directory" : this.#kinds.get(top)
    if (kind === undefined) throw this.#fault("NotFound", subPath, "the archive has no such file or directory")
    if (kind === "link") throw this.#fault("Unsafe", subPath, "it is a link. Name what it leads to")
    await this.#makeLinks(top)
    await rename(join(this.#directory, top), destination)
    await this.#setModes(top, destination)
    return { kind, entries: this.#meter.entries, bytes: this.#meter.unpacked }
  }

  #top(subPath: string): string {
    const names = [...this.#kinds.keys()].filter((path) => !path.includes("/"))
    const [only = ""] = names
    const root = names.length === 1 && this.#kinds.get(only) !== "link" ? only : ""
    return [root, this.#parse(subPath === "" ? "." : subPath)].filter((it) => it !== "").join("/")
  }

  async #makeLinks(top: string): Promise<void> {
    const links = new Map([...this.#links].flatMap(([at, target]) => {
      const inside = below(top, at)
      return inside === undefined ? [] : [[inside, target] as const]
    }))
    for (const [at, target] of links) {
      const name = join(top, at)
      if (linkLeaves(at, links)) throw this.#fault("Unsafe", name, `the link leads out of the directory, to ${target}`)
      await symlink(target, join(this.#directory, name))
    }
  }

  /** Deepest first: a directory that loses its permissions must not hide another. */
  async #setModes(top: string, destination: string): Promise<void> {
    for (const [path, mode] of [...this.#modes].reverse()) {
      const inside = path === top ? "" : below(top, path)
      if (inside !== undefined) await chmod(join(destination, inside), mode)
    }
  }

  #parse(name: string): string {
    const { problem, segments } = { segments: [], ...parseEntryName(name) }
    if (problem !== undefined) throw this.#fault("Unsafe", name, `the entry ${problem}`)
    return segments.join("/")
  }

  #enter(name: string): string {
    const problem = this.#meter.entry()
    if (problem !== undefined) throw this.#fault("TooLarge", name, problem)
    return this.#parse(name)
  }

  /** Reserves a path for a file or link and makes the directories above it; answers where it is on the disk. */
  async #place(name: string, kind: Kind): Promise<string> {
    const path = this.#enter(name)
    if (path === "" || this.#kinds.has(path)) throw this.#fault("Unsafe", name, "the archive has this entry twice")
    await this.#makeDirectory(name, path.split("/").slice(0, -1).join("/"))
    this.#kinds.set(path, kind)
    return join(this.#directory, path)
  }

  async #makeDirectory(name: string, path: string): Promise<void> {
    const kind = path === "" ? "directory" : this.#kinds.get(path)
    if (kind === "directory") return
    if (kind !== undefined) throw this.#fault("Unsafe", name, `the entry lies beneath ${path}, which is a ${kind}`)
    await this.#makeDirectory(name, dirname(path) === "." ? "" : dirname(path))
    await mkdir(join(this.#directory, path), 0o700)
    this.#kinds.set(path, "directory")
    this.#modes.set(path, 0o755)
  }

  async #write(handle: FileHandle, name: string, block: Uint8Array): Promise<void> {
    this.#count(name, block.length)
    for (let written = 0; written < block.length;) {
      written += (await handle.write(block, written, block.length - written)).bytesWritten
    }
  }

  #count(name: string, bytes: number): void {
    const problem = this.#meter.bytes(bytes)
    if (problem !== undefined) throw this.#fault("TooLarge", name, problem)
  }
}

/** The path below a directory; undefined when it is not. */
const below = (directory: string, path: string): string | undefined => {
  if (directory === "") return path
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined
}
