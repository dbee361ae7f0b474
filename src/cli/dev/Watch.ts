/**
 * What a definition is made of, and whether it has changed.
 *
 * Owns: the watched directories, the digests that were seen last. Does not own: what follows from a change.
 *
 * Invariants
 * - Directories are watched, since editors put other files in the place of those they save.
 * - Only what files hold decides: a file that is touched has not changed.
 */
import { existsSync, type FSWatcher, readdirSync, statSync, watch } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { digestOfPath, filesBehind } from "../../sources/CodeGraph.ts"
import { isModule } from "../arguments/source.ts"

/** For how long nothing has to be written until files are looked at, in milliseconds. */
const quiet = 50

/** Watches files and all that they import. */
export class Watch {
  /** Imports that cannot be followed. */
  unseen: ReadonlyArray<string> = []
  readonly #roots: ReadonlyArray<string>
  readonly #saved: (isOwn: boolean) => void
  readonly #watchers = new Map<string, FSWatcher | undefined>()
  #more: ReadonlyArray<string> = []
  #digests: ReadonlyMap<string, string>
  #timer: NodeJS.Timeout | undefined
  #isOwn = false

  /** `saved` hears once something was written, and whether it was one of the files that are watched. */
  constructor(roots: ReadonlyArray<string>, saved: (isOwn: boolean) => void) {
    this.#roots = roots
    this.#saved = saved
    this.#digests = this.#read()
  }

  /** How many files there are. */
  get size(): number {
    return this.#digests.size
  }

  /** Also watches files that results depend on. */
  add(files: ReadonlyArray<string>): void {
    this.#more = files.map((file) => resolve(file))
    // Of the others it stays as it was seen: what has changed since then is still to be told.
    this.#digests = new Map([...this.#read(), ...this.#digests])
  }

  /** The files that hold something else than when this was asked last. */
  changed(): ReadonlyArray<string> {
    const before = this.#digests
    const now = this.#digests = this.#read()
    return [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file))
  }

  /** Ends it. */
  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher?.close()
  }

  #read(): ReadonlyMap<string, string> {
    const modules = this.#roots.filter(isModule)
    const { digests, unseen } = modules.length === 0
      ? { digests: new Map<string, string>(), unseen: [] }
      : filesBehind(modules)
    this.unseen = unseen
    const others = [...this.#roots.filter((it) => !isModule(it)), ...this.#more]
    const all = new Map([...digests, ...others.map((it) => [it, digestOfPath(it)] as const)])
    for (const file of [...this.#roots, ...all.keys()]) for (const at of foldersOf(file)) this.#watch(at)
    return all
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, (_, name) => this.#stir(name === null ? undefined : join(folder, name)))
      watcher.on("error", () => {})
      this.#watchers.set(folder, watcher)
    } catch {
      // Where nothing tells of changes, they are seen when a run is asked for.
      this.#watchers.set(folder, undefined)
    }
  }

  #stir(path: string | undefined): void {
    this.#isOwn ||= path === undefined || this.#digests.has(path)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const isOwn = this.#isOwn
      this.#isOwn = false
      this.#saved(isOwn)
    }, quiet)
  }
}

/** The directories in which a file, or what is in a directory, can change. */
const foldersOf = (path: string): ReadonlyArray<string> => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const folder = dirname(path)
    return existsSync(folder) ? [folder] : []
  }
  return [
    path,
    ...readdirSync(path, { withFileTypes: true }).filter((it) => it.isDirectory()).flatMap(({ name }) =>
      foldersOf(join(path, name))
    )
  ]
}
