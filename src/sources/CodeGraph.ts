/**
 * The code behind definitions, told by what its files hold: the files where something is defined, and all that they
 * import. Loaded only where a result may be reused.
 *
 * Owns: what was read of files, for as long as the engine lives: what runs is what was loaded, not what is there now.
 * Does not own: what an import is (`reuse/imports.ts`), where it leads (`places.ts`).
 *
 * Invariants
 * - G1 The same files have the same digest on every runtime, in every folder, whatever their times and line ends.
 * - G2 A file that was written after it was loaded is not taken for what runs: its code cannot be told.
 * - G3 What an executable holds is told by the stamp of its build, never by files; nothing else is told so.
 * - G5 A package is told by its version and the versions of all that it needs; where conditions decide which file an
 *   import means, all that it can mean count.
 * - G4 Where a file is that another one cannot be loaded without has to be known, or its code cannot be told.
 */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import process from "node:process"
import type { Code, CodeReader, Shelf, Untold } from "../reuse/Code.ts"
import { digestText } from "../reuse/key.ts"
import type { Site } from "../workflow/Site.ts"
import { ifThere } from "./ifThere.ts"
import { Looks } from "./Looks.ts"
import type { Packaged } from "./packages.ts"
import { pathOf, Places, projectOf } from "./places.ts"
import { type Source, Sources } from "./Sources.ts"
import { type Program, thisProgram } from "./standalone.ts"

/** What a reader goes by; all of it has a default. */
export interface ReaderOptions {
  readonly program?: Program
  /** Where earlier processes have left what they read; default none. */
  readonly shelf?: Shelf
  /** Milliseconds since the epoch; default this machine's clock. */
  readonly now?: () => number
}

/** A reader with a memory of its own. */
export const makeCodeReader = ({ now, program = thisProgram(), shelf }: ReaderOptions = {}): CodeReader => {
  const graph = new CodeGraph(program, new Sources(shelf, now))
  return { codeOf: (site) => graph.codeOf(site), digestOf: digestOfPath, digestOfEnv }
}

/** The files that are behind some others, by their paths, with their digests; and what cannot be followed. */
export interface FilesBehind {
  readonly digests: ReadonlyMap<string, string>
  readonly unseen: ReadonlyArray<string>
}

/** The files that `roots` are made of, as they are now. Those that are not there are left out. */
export const filesBehind = (roots: ReadonlyArray<string>): FilesBehind =>
  new CodeGraph(thisProgram(), new Sources()).filesBehind(roots)

/** Places in the program whose code is remembered: whoever loads modules anew again and again makes new ones. */
const knownMost = 1_000

class CodeGraph {
  readonly #sources: Sources
  readonly #known = new Map<string, Code | Untold>()
  readonly #program: Program

  constructor(program: Program, sources: Sources) {
    this.#program = program
    this.#sources = sources
  }

  codeOf(site: Site): Code | Untold {
    const key = JSON.stringify(site.files)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const code = this.#read(site)
    this.#sources.keep()
    this.#known.set(key, code)
    if (this.#known.size > knownMost) this.#known.delete(this.#known.keys().next().value!)
    return code
  }

  #read({ files: all, loadedAt }: Site): Code | Untold {
    const { holds, isStandalone, stamp } = this.#program
    const files = all.filter((file) => !holds(file))
    if (files.length === 0) {
      if (stamp !== undefined) return { digest: digestText(`build ${stamp}`), files: [["build", stamp]], unseen: [] }
      if (isStandalone) return { why: "this executable was built without PINNACE_BUILD" }
      return { why: "no file of yours is on the stack where it is defined" }
    }
    try {
      return this.#walk(files.map((file) => realpathSync(pathOf(file))), performance.timeOrigin + loadedAt)
    } catch (error) {
      return { why: `its files cannot be read: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  #walk(roots: ReadonlyArray<string>, loadedAt: number): Code | Untold {
    const found = new Found(projectOf(roots[0]!))
    const open = [...roots]
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const name = found.enter(file)
      if (name === undefined) continue
      const source = this.#sources.of(file, found.looks.at(file))
      if (source.writtenAt > loadedAt) return { why: `${name} was changed after it was loaded` }
      open.push(...found.add(name, file, source))
    }
    const late = found.placedLast
    if (late.at > loadedAt) return { why: `${late.what} was changed after it was loaded` }
    return found.lost ?? found.code()
  }

  filesBehind(roots: ReadonlyArray<string>): FilesBehind {
    const open = roots.flatMap((root) => ifThere(() => realpathSync(root)) ?? [])
    const found = new Found(dirname(roots[0]!))
    const digests = new Map<string, string>()
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const name = found.enter(file)
      if (name === undefined) continue
      // What is removed meanwhile is not there.
      const source = ifThere(() => this.#sources.of(file, found.looks.at(file)))
      if (source === undefined) continue
      digests.set(file, source.digest)
      open.push(...ifThere(() => found.add(name, file, source)) ?? [])
    }
    return { digests, unseen: found.code().unseen }
  }
}

/** What is found on the way through a graph. */
class Found {
  readonly #project: string
  readonly #files = new Map<string, string>()
  readonly #unseen = new Set<string>()
  readonly #entered = new Set<string>()
  /** What packages need is looked for once on each way. */
  readonly looks = new Looks()
  readonly #places = new Places(this.looks)
  readonly #folders = new Map<string, string>()
  /** What was needed and is not found. */
  lost: Untold | undefined
  /** Of packages, and of links in the place of files, the one that was put there last, and when. */
  placedLast = { what: "", at: 0 }

  constructor(project: string) {
    this.#project = project
  }

  /** The name of a file, unless it was entered before or is this library's own. */
  enter(file: string): string | undefined {
    if (this.#entered.has(file) || library !== undefined && file.startsWith(library)) return undefined
    this.#entered.add(file)
    const inside = this.#project + sep
    const name = file.startsWith(inside) ? file.slice(inside.length) : relative(this.#project, file)
    return sep === "/" ? name : name.replaceAll(sep, "/")
  }

  /** Adds a file; answers which ones it imports. */
  add(name: string, file: string, { computed, digest, names, needed }: Source): ReadonlyArray<string> {
    this.#files.set(name, digest)
    if (computed) this.#unseen.add(`${name} imports by a computed name`)
    return names.flatMap((specifier) => {
      const place = this.#places.of(specifier, file)
      if (place === "built-in") return []
      if (place === "unknown") {
        const what = `${name} imports ${specifier}, which is not found`
        this.#unseen.add(what)
        if (needed.includes(specifier)) this.lost ??= { why: what }
        return []
      }
      if ("files" in place) return place.files.map((it) => this.#follow(it))
      for (const it of place.packages) this.#addPackage(it)
      return []
    })
  }

  #addPackage({ at, name, version }: Packaged): void {
    const known = this.#files.get(`package ${name}`)
    this.#files.set(`package ${name}`, version)
    if (known !== version && at !== undefined) this.#placed(`package ${name}`, at)
  }

  /** The file that a path leads to: a link may have been put there later than the file. */
  #follow(path: string): string {
    const from = dirname(path)
    const folder = this.#realFolder(from)
    const at = folder === from ? path : join(folder, basename(path))
    const real = this.looks.at(at)?.isSymbolicLink() === true ? realpathSync(at) : at
    if (real !== path) this.#placed(path, path)
    return real
  }

  /** Of few folders there are many files. */
  #realFolder(folder: string): string {
    const real = this.#folders.get(folder) ?? realpathSync(folder)
    this.#folders.set(folder, real)
    return real
  }

  #placed(what: string, path: string): void {
    const { ctimeMs, mtimeMs } = lstatSync(path)
    const at = Math.max(ctimeMs || 0, mtimeMs)
    if (at > this.placedLast.at) this.placedLast = { what, at }
  }

  code(): Code {
    const files = [...this.#files].sort(([a], [b]) => a < b ? -1 : 1)
    return { digest: digestText(JSON.stringify(files)), files, unseen: [...this.#unseen].sort() }
  }
}

/** The folder of this library's sources; none in a bundle. */
const library = /^(.*[\\/])sources[\\/]CodeGraph\.[jt]s$/.exec(
  import.meta.url.startsWith("file:") ? pathOf(import.meta.url) : ""
)?.[1]

const digestOfEnv = (name: string): string => {
  const value = process.env[name]
  return value === undefined ? "unset" : digestText(value)
}

/**
 * The digest of what a file or directory holds: names, kinds, who may execute, and bytes; not when it was written. What
 * has no bytes of its own, as a pipe, counts by its kind; a directory within itself, by way of a link, by that.
 */
export const digestOfPath = (path: string, within: ReadonlyArray<string> = []): string => {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return "missing"
  if (stats.isFile()) return digestText(readFileSync(path))
  if (!stats.isDirectory()) return "special"
  const real = realpathSync(path)
  if (within.includes(real)) return "within itself"
  const entries = readdirSync(path).sort().map((name) => {
    const at = join(path, name)
    return [name, (statSync(at, { throwIfNoEntry: false })?.mode ?? 0) & 0o111, digestOfPath(at, [...within, real])]
  })
  // No file has the digest of a directory.
  return `directory ${digestText(JSON.stringify(entries))}`
}
