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
import { ifThere } from "../../sources/ifThere.ts"
import { isModule } from "../arguments/source.ts"

/** For how long nothing has to be written until files are looked at, in milliseconds. */
const quiet = 50

/** A directory, by what tells it from another one of its name. */
interface Watched {
  readonly id: string
  readonly watcher: FSWatcher | undefined
}

/** Watches files and all that they import. */
export class Watch {
  /** Imports that cannot be followed. */
  unseen: ReadonlyArray<string> = []
  readonly #roots: ReadonlyArray<string>
  readonly #saved: (isOwn: boolean) => void
  readonly #watchers = new Map<string, Watched>()
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

  /**
   * The files that hold something else than when this was asked last, or are gone. What others import now, or import
   * no more, was not touched: it is named only where nothing else says what has changed.
   */
  changed(): ReadonlyArray<string> {
    const before = this.#digests
    const now = this.#digests = this.#read()
    const files = [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file))
      .sort()
    const isKnown = (file: string) => before.has(file) || this.#roots.includes(file)
    const touched = files.filter((file) => isKnown(file) && (now.has(file) || !existsSync(file)))
    return touched.length > 0 ? touched : files
  }

  /** Ends it. */
  close(): void {
    clearTimeout(this.#timer)
    for (const { watcher } of this.#watchers.values()) watcher?.close()
  }

  #read(): ReadonlyMap<string, string> {
    const modules = this.#roots.filter(isModule)
    const { digests, unseen } = modules.length === 0
      ? { digests: new Map<string, string>(), unseen: [] }
      : filesBehind(modules)
    this.unseen = unseen
    const others = [...this.#roots.filter((it) => !isModule(it)), ...this.#more]
    const all = new Map([...digests, ...others.map((it) => [it, digestThere(it)] as const)])
    const folders = [...this.#roots, ...all.keys()].flatMap(foldersOf)
    // Of one that is gone its return is waited for.
    for (const folder of new Set([...folders, ...this.#watchers.keys()])) this.#watchNearest(folder)
    return all
  }

  /** Until it is watched, what is below it may have come. */
  #watchNearest(folder: string): void {
    let at = ""
    for (let next = nearestThere(folder); next !== at; next = nearestThere(folder)) this.#watch(at = next)
  }

  #watch(folder: string): void {
    const id = idOf(folder)
    const known = this.#watchers.get(folder)
    // One that was put in the place of another tells nothing to who watches that.
    if (known?.id === id) return
    known?.watcher?.close()
    try {
      const watcher = watch(folder, (_, name) => this.#stir(name === null ? undefined : join(folder, name)))
      watcher.on("error", () => {})
      this.#watchers.set(folder, { id, watcher })
    } catch {
      // Where nothing tells of changes, they are seen when a run is asked for.
      this.#watchers.set(folder, { id, watcher: undefined })
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

const digestThere = (path: string): string => ifThere(() => digestOfPath(path)) ?? "missing"

/** The directories in which a file, or what is in a directory, can change. */
const foldersOf = (path: string): ReadonlyArray<string> => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [dirname(path)]
  const within = ifThere(() => readdirSync(path, { withFileTypes: true })) ?? []
  return [path, ...within.filter((it) => it.isDirectory()).flatMap(({ name }) => foldersOf(join(path, name)))]
}

/** A directory, or the nearest one above that is there. */
const nearestThere = (folder: string): string => {
  let at = folder
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at)
  return at
}

const idOf = (folder: string): string => {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return `${stats?.dev} ${stats?.ino} ${stats?.birthtimeMs}`
}
