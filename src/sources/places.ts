/** Where files and packages are: the project of a file, and what its imports mean. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs"
import { builtinModules, createRequire } from "node:module"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

/** What an import means: a file to follow, a package that is told by its version, nothing of ours, or unknown. */
export type Place =
  | { readonly file: string }
  | { readonly packaged: string; readonly version: string }
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

/** What `name` means in `file`. */
export const placeOf = (name: string, file: string): Place => {
  if (name.startsWith("node:") || name.startsWith("bun:") || builtins.has(name) || name === "bun") return "built-in"
  // This library's own version changes how results are remembered, not what they are.
  if (name === "pinnace" || name.startsWith("pinnace/")) return "built-in"
  if (name.startsWith(".") || isAbsolute(name) || name.startsWith("file:")) {
    const found = fileAt(name.startsWith("file:") ? fileURLToPath(name) : resolve(dirname(file), bare(name)))
    return found === undefined ? "unknown" : { file: found }
  }
  // What is named with its version or address is told by that.
  const versioned = /^(?:npm|jsr|https?):/.test(name)
  return versioned ? { packaged: name, version: name } : packagePlace(name, file)
}

const builtins = new Set(builtinModules)

/** Bundlers and dev servers add what to do with a file. */
const bare = (name: string): string => name.replace(/[?#].*$/, "")

const packagePlace = (name: string, file: string): Place => {
  const owner = /^(@[^/]+\/[^/]+|[^/]+)/.exec(name)![0]
  for (let folder = dirname(file);; folder = dirname(folder)) {
    const root = join(folder, "node_modules", owner)
    if (existsSync(join(root, "package.json"))) {
      const real = realpathSync(root)
      // A linked package is sources of the author's, which change without a new version.
      if (/[\\/]node_modules[\\/]/.test(real)) return { packaged: owner, version: versionOf(root) }
      return resolved(name, file)
    }
    if (folder === dirname(folder)) return mapped(name, file) ?? resolved(name, file)
  }
}

const versionOf = (root: string): string => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version?: string }
  return version ?? "none"
}

/** By an import map of Deno. */
const mapped = (name: string, file: string): Place | undefined => {
  const folder = projectOf(file)
  try {
    const { imports = {} } = JSON.parse(readFileSync(join(folder, "deno.json"), "utf8")) as {
      readonly imports?: Readonly<Record<string, string>>
    }
    const prefix = Object.keys(imports).filter((key) => name === key || key.endsWith("/") && name.startsWith(key))
      .sort((a, b) => b.length - a.length)[0]
    if (prefix === undefined) return undefined
    const target = imports[prefix]! + name.slice(prefix.length)
    return target === name ? undefined : placeOf(target, join(folder, "deno.json"))
  } catch {
    return undefined
  }
}

/** `#name` and linked packages: by the rules of the runtime. */
const resolved = (name: string, file: string): Place => {
  try {
    const found = realpathSync(createRequire(file).resolve(name))
    return /[\\/]node_modules[\\/]/.test(found) ? { packaged: name, version: "none" } : { file: found }
  } catch {
    return "unknown"
  }
}

const endings = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", ".d.ts"]

/** The file at a path, also where an ending is left out or is that of the compiled file. */
const fileAt = (path: string): string | undefined => {
  const sources = [path, path.replace(/\.([mc]?)js(x?)$/, ".$1ts$2"), path.replace(/\.([mc]?)js$/, ".d.$1ts")]
  const tried = [
    ...sources,
    ...endings.map((ending) => path + ending),
    ...endings.map((it) => join(path, `index${it}`))
  ]
  return tried.find(isFile)
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true
