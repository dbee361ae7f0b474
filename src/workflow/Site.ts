/**
 * Where a definition stands in the program: the files on the stack when it was made. What they hold is read later, and
 * only where a result may be reused.
 *
 * Owns: one site for each name and set of files, and when each file was seen first, for as long as the process lives.
 * Does not own: what the files hold.
 * Invariant: definitions that cannot be told apart share one site, and then it is `isAmbiguous`.
 */

/** A place in the program where something of one name is defined. */
export interface Site {
  /** The author's files that were at work, the innermost first: URLs or paths, each once. */
  readonly files: ReadonlyArray<string>
  /** Milliseconds since the process began: what was written to a file later was not loaded. */
  readonly loadedAt: number
  /** Whether different functions were defined here under one name; it may become so later. */
  readonly isAmbiguous: boolean
}

interface Known {
  readonly site: Site
  readonly first: WeakRef<object>
  isAmbiguous: boolean
}

const sites = new Map<string, Known>()

/** All of a name; those of one file that was loaded several times count as one. */
const named = new Map<string, Array<Known>>()

/** The site of a definition that says itself what tells it from others of its name. */
export const ownSite = (): Site => {
  const files = Object.freeze(authorFiles(stackHere()))
  return { files, loadedAt: loadedAt(files), isAmbiguous: false }
}

/** The site of any other definition; `body` is what tells it from others of its name. */
export const siteOf = (name: string, body: object): Site => {
  const files = authorFiles(stackHere())
  const key = JSON.stringify([name, ...files])
  const known = sites.get(key)
  if (known !== undefined) {
    // One that was forgotten is another one: closures of one factory come and go.
    known.isAmbiguous ||= known.first.deref() !== body
    return known.site
  }
  const made = madeAt(files, body)
  sites.set(key, made)
  named.set(name, [...named.get(name) ?? [], made])
  return made.site
}

/** Other places where functions were defined under a name that are not that of `site`. */
export const othersOf = (name: string, site: Site): ReadonlyArray<Site> => {
  const all = named.get(name) ?? []
  const own = all.find((known) => known.site === site)
  if (own === undefined || all.length === 1) return []
  const body = own.first.deref()
  const isOther = (known: Known) => known.first.deref() !== body || body === undefined
  return all.filter((known) => placesOf(known.site) !== placesOf(site) && isOther(known)).map((known) => known.site)
}

/** A file that is loaded anew has another query. */
const placesOf = ({ files }: Site): string => files.map((file) => file.replace(/[?#].*$/, "")).join("\n")

const madeAt = (files: ReadonlyArray<string>, body: object): Known => {
  const site: Site = {
    files: Object.freeze(files),
    loadedAt: loadedAt(files),
    get isAmbiguous() {
      return known.isAmbiguous
    }
  }
  const known: Known = { site: Object.freeze(site), first: new WeakRef(body), isAmbiguous: false }
  return known
}

/** When each file was seen on a stack first: what is defined later in its life was loaded by then. */
const seenAt = new Map<string, number>()

const loadedAt = (files: ReadonlyArray<string>): number => {
  const now = performance.now()
  for (const file of files) if (!seenAt.has(file)) seenAt.set(file, now)
  return Math.min(now, ...files.map((file) => seenAt.get(file)!))
}

/** Deep enough for builders that are called by builders. */
const depth = 50

const stackHere = (): string => {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    // Others may have replaced what a stack looks like, and source maps name files that are not what was loaded.
    Object.assign(Error, { prepareStackTrace: loadedFiles, stackTraceLimit: depth })
    return String(new Error().stack)
  } catch {
    // A hardened runtime: what it shows by itself is all there is.
    return String(new Error().stack)
  } finally {
    try {
      Object.assign(Error, { prepareStackTrace, stackTraceLimit })
    } catch {
      // It was not changed either.
    }
  }
}

/** What all runtimes know of a frame; `getScriptNameOrSourceURL` is that of V8. */
interface Frame {
  readonly getFileName: () => string | null | undefined
  readonly getScriptNameOrSourceURL?: () => string | null | undefined
  readonly isAsync?: () => boolean
}

/** A stack that names the files that were loaded: where a bundle has a map of its sources, those are not what runs. */
const loadedFiles = (_: Error, frames: ReadonlyArray<Frame>): string =>
  frames.map((frame) => {
    // Deno tells by the one what the map says, and Node by the other.
    const file = "Deno" in globalThis ? frame.getScriptNameOrSourceURL?.() : frame.getFileName()
    return `    at ${frame.isAsync?.() === true ? "async " : ""}${file ?? "native"}:1:1`
  }).join("\n")

/**
 * `at f (URL:1:2)` and `at URL:1:2` of V8, `f@URL:1:2` of others. The path begins as early as it can, since its folders
 * may be named `(group)` or `Program Files (x86)`.
 */
const frame = /^\s*(?:at (?:.*?\()??|[^@\s]*?@)??((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):\d+(?::\d+)?\)?$/

/** Frames of evaluated text name the file that evaluated it, which is on the stack itself. */
const isEvaluated = /\(eval at |^\s*at eval at /

/** The files of a stack that are neither this library's nor a package's: callers that only awaited are left out. */
export const authorFiles = (stack: string, own: string | undefined = ownFolder): ReadonlyArray<string> => {
  const files = stack.split("\n").flatMap((line) => {
    const isLeftOut = line.includes("at async ") || isEvaluated.test(line)
    const file = isLeftOut ? undefined : frame.exec(line)?.[1]
    const isOwn = file !== undefined && own !== undefined && pathOf(file).startsWith(own)
    return file === undefined || isOwn || /[\\/]node_modules[\\/]/.test(file) ? [] : [file]
  })
  return [...new Set(files)]
}

const pathOf = (file: string): string => file.startsWith("file://") ? decodeURI(new URL(file).pathname) : file

/** The folder of this library's own sources; none in a bundle, where they are in one file with the author's. */
const ownFolder = /^(.*\/)workflow\/Site\.[jt]s$/.exec(pathOf(import.meta.url))?.[1]
