/** Where files and packages are: the project of a file, and what its imports mean. */
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { builtinModules, createRequire } from "node:module"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { Looks } from "./Looks.ts"
import { exportedFiles, manifestIn, ownerOf, packageAt, type Packaged, targetsOf, withNeeded } from "./packages.ts"

/** What an import means: files to follow, packages that are told by their versions, nothing of ours, or unknown. */
export type Place =
  | { readonly files: ReadonlyArray<string> }
  | { readonly packages: ReadonlyArray<Packaged> }
  | "built-in"
  | "unknown"

/** The path of a file as a stack names it. */
export const pathOf = (file: string): string => file.startsWith("file://") ? fileURLToPath(file) : file

/** The folder that names of files are told from: the nearest one with a manifest of a project, else the file's own. */
export const projectOf = (file: string): string => {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (manifests.some((name) => existsSync(join(folder, name)))) return folder
  }
  return dirname(file)
}

const manifests = ["package.json", "deno.json", "deno.jsonc"]

/** What imports mean at one time: what was found once is not looked for again. */
export class Places {
  readonly #known = new Map<string, Place>()
  readonly #packages = new Map<string, ReadonlyArray<Packaged>>()
  readonly #looks: Looks

  constructor(looks: Looks) {
    this.#looks = looks
  }

  /** What `name` means in `file`; from all files of a folder it means the same. Of paths few are asked for twice. */
  of(name: string, file: string): Place {
    if (name.startsWith(".")) return placeOf(name, file, this)
    return known(this.#known, `${dirname(file)}\n${name}`, () => placeOf(name, file, this))
  }

  /** What a package and all that it needs are. */
  needed(owner: string, root: string): ReadonlyArray<Packaged> {
    return known(this.#packages, `${owner}\n${root}`, () => withNeeded(owner, root))
  }

  /** Whether there is a file at a path. */
  readonly isFile = (path: string): boolean => this.#looks.isFile(path)
}

const known = <A>(all: Map<string, A>, key: string, make: () => A): A => {
  const found = all.get(key) ?? make()
  all.set(key, found)
  return found
}

const placeOf = (name: string, file: string, places: Places): Place => {
  if (name.startsWith(".") || isAbsolute(name) || name.startsWith("file:")) {
    const at = name.startsWith("file:") ? fileURLToPath(name) : resolve(dirname(file), bare(name))
    const found = filesAt(at, places.isFile)
    return found.length === 0 ? resolved(name, file) : { files: found }
  }
  if (name.startsWith("node:") || name.startsWith("bun:") || builtins.has(name) || name === "bun") return "built-in"
  // This library's own version changes how results are remembered, not what they are.
  if (name === "pinnace" || name.startsWith("pinnace/")) return "built-in"
  // What is named with its version or address is told by that.
  const versioned = /^(?:npm|jsr|https?):/.test(name)
  if (versioned) return { packages: [{ name, version: name }] }
  return name.startsWith("#") ? ownPlace(name, file, places) : packagePlace(name, file, places)
}

const builtins = new Set(builtinModules)

/** Bundlers and dev servers add what to do with a file. */
const bare = (name: string): string => name.replace(/[?#].*$/, "")

const packagePlace = (name: string, file: string, places: Places): Place => {
  const owner = ownerOf(name)
  const root = packageAt(owner, dirname(file))
  if (root === undefined) return mapped(name, file, places) ?? resolved(name, file)
  const real = realpathSync(root)
  if (/[\\/]node_modules[\\/]/.test(real)) return { packages: places.needed(owner, real) }
  // A linked package is sources of the author's, which change without a new version.
  const targets = exportedFiles(real, `.${name.slice(owner.length)}`)
  return targets.length > 0 ? { files: targets } : resolved(name, file)
}

/** `#name`: what the package of the file says of it. */
const ownPlace = (name: string, file: string, places: Places): Place => {
  const targets = targetsOf(manifestIn(projectOf(file))["imports"], name)
  const found = targets.map((target) => placeOf(target, join(projectOf(file), "package.json"), places))
  const files = found.flatMap((place) => typeof place === "object" && "files" in place ? place.files : [])
  const packages = found.flatMap((place) => typeof place === "object" && "packages" in place ? place.packages : [])
  // With both, whichever it means: the files change more often, and the package is theirs to import too.
  return files.length > 0 ? { files } : packages.length > 0 ? { packages } : resolved(name, file)
}

/** By an import map of Deno. */
const mapped = (name: string, file: string, places: Places): Place | undefined => {
  const folder = projectOf(file)
  try {
    const { imports = {} } = JSON.parse(readFileSync(join(folder, "deno.json"), "utf8")) as {
      readonly imports?: Readonly<Record<string, string>>
    }
    const prefix = Object.keys(imports).filter((key) => name === key || key.endsWith("/") && name.startsWith(key))
      .sort((a, b) => b.length - a.length)[0]
    if (prefix === undefined) return undefined
    const target = imports[prefix]! + name.slice(prefix.length)
    return target === name ? undefined : placeOf(target, join(folder, "deno.json"), places)
  } catch {
    return undefined
  }
}

/** `#name` and linked packages: by the rules of the runtime. */
const resolved = (name: string, file: string): Place => {
  try {
    const found = realpathSync(createRequire(file).resolve(name))
    return /[\\/]node_modules[\\/]/.test(found) ? { packages: [{ name, version: "none" }] } : { files: [found] }
  } catch {
    return "unknown"
  }
}

const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", ".d.ts"]

/**
 * The file at a path; where an ending is left out or is that of the compiled file, each one that can be meant, since
 * runtimes differ in which they take.
 */
const filesAt = (path: string, isFile: (path: string) => boolean): ReadonlyArray<string> => {
  if (isFile(path)) return [path]
  const sources = [path.replace(/\.([mc]?)js(x?)$/, ".$1ts$2"), path.replace(/\.([mc]?)js$/, ".d.$1ts")]
  const here = [...sources, ...endings.map((ending) => path + ending)].filter(isFile)
  return here.length > 0 ? [...new Set(here)] : endings.map((it) => join(path, `index${it}`)).filter(isFile)
}
