/** Packages on the disk: where they are, what they need, which of their files an import can mean. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, join } from "node:path"

/** A package that is told by its version. */
export interface Packaged {
  readonly name: string
  readonly version: string
  /** The file that says so. */
  readonly at?: string
}

type Manifest = Readonly<Record<string, unknown>>

/** The name of the package in `@scope/name/file`. */
export const ownerOf = (name: string): string => /^(@[^/]+\/[^/]+|[^/]+)/.exec(name)![0]

/** The folder of a package as it is found from another folder. */
export const packageAt = (owner: string, from: string): string | undefined => {
  for (let folder = from;; folder = dirname(folder)) {
    const root = join(folder, "node_modules", owner)
    if (existsSync(join(root, "package.json"))) return root
    if (folder === dirname(folder)) return undefined
  }
}

/** What a package says of itself; nothing where it cannot be read. */
export const manifestIn = (root: string): Manifest => {
  try {
    return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest
  } catch {
    return {}
  }
}

/**
 * A package, by its real folder, and all that it needs, each once; what it can do without may be another one on each
 * platform. What stands beside the real folder is needed too: pnpm puts it there, and links in the place of packages.
 */
export const withNeeded = (owner: string, root: string): ReadonlyArray<Packaged> => {
  const found = new Map<string, Packaged>()
  const open: Array<readonly [name: string, root: string]> = [[owner, root]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, at] = next
    if (found.has(at)) continue
    const manifest = manifestIn(at)
    const { version = "none" } = manifest as { readonly version?: string }
    // Of one name there may be several versions.
    const shown = at === root ? name : `${name} ${version} of ${owner}`
    found.set(at, { name: shown, version, at: join(at, "package.json") })
    for (const needed of neededBy(manifest)) {
      const place = packageAt(needed, at)
      if (place !== undefined) open.push([needed, realpathSync(place)])
    }
  }
  return [...found.values()]
}

const neededBy = ({ dependencies = {}, peerDependencies = {} }: Manifest): ReadonlyArray<string> => [
  ...Object.keys(dependencies as object),
  ...Object.keys(peerDependencies as object)
]

/** The files of a package that an import of a part of it can mean, whatever conditions the runtime goes by. */
export const exportedFiles = (root: string, part: string): ReadonlyArray<string> => {
  const { exports, main, module } = manifestIn(root)
  const plain = part === "." ? [main, module] : []
  const targets = exports === undefined
    ? plain.filter((it) => typeof it === "string")
    : targetsOf(byPart(exports), part)
  return targets.map((target) => join(root, target)).filter((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile() === true
  )
}

/** `exports` may be what the package itself means. */
const byPart = (exports: unknown): unknown => {
  const isByPart = typeof exports === "object" && exports !== null && !Array.isArray(exports) &&
    Object.keys(exports).every((key) => key.startsWith("."))
  return isByPart ? exports : { ".": exports }
}

/** All that a name can mean by a map of names, under any condition. */
export const targetsOf = (map: unknown, name: string): ReadonlyArray<string> => {
  if (typeof map !== "object" || map === null) return []
  const all = map as Readonly<Record<string, unknown>>
  if (Object.hasOwn(all, name)) return textsIn(all[name])
  const found = Object.keys(all).filter((key) => starOf(key, name) !== undefined).sort((a, b) => b.length - a.length)[0]
  if (found === undefined) return []
  const star = starOf(found, name)!
  return textsIn(all[found]).map((target) => target.replaceAll("*", star))
}

/** What the star of a pattern stands for in a name. */
const starOf = (pattern: string, name: string): string | undefined => {
  const [before, after] = pattern.split("*")
  const fits = after !== undefined && name.length >= pattern.length && name.startsWith(before!) && name.endsWith(after)
  return fits ? name.slice(before!.length, name.length - after.length) : undefined
}

const textsIn = (target: unknown): ReadonlyArray<string> => {
  if (typeof target === "string") return [target]
  if (typeof target !== "object" || target === null) return []
  return Object.entries(target).flatMap(([condition, of]) => condition === "types" ? [] : textsIn(of))
}
