/**
 * Manifests of the user's that a server knows: templates, CronWorkflows, ConfigMaps. They are files, and stay the one
 * truth.
 *
 * Owns: which files they are, and those that were written through the server.
 * Does not own: what is in them, which is read whenever it is asked for.
 *
 * Invariants
 * - Only files in the writable folder are ever written or removed; their names are made here, never given.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { createHash } from "node:crypto"
import type { SourceFile } from "../argo/document/decode/decode.ts"

/** Where manifests are. */
export interface StorePlaces {
  /** Files, and directories whose files of YAML and JSON are meant. */
  readonly files?: ReadonlyArray<string>
  /** A directory to which clients may write; default none. */
  readonly writable?: string
}

const isManifest = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name)

/** The manifests of one server. */
export class ManifestStore {
  readonly #places: StorePlaces

  constructor(places: StorePlaces) {
    this.#places = places
  }

  /** All of them as they are now; what cannot be read is left out. All but those of `chosen` are only referred to. */
  sources(chosen?: string): ReadonlyArray<SourceFile> {
    const { files = [], writable } = this.#places
    const paths = [...files, ...(writable === undefined ? [] : [writable])].flatMap(manifestsAt)
    return [...new Set(paths)].flatMap((path) => {
      try {
        return [{ name: path, text: readFileSync(path, "utf8"), isResource: path !== chosen }]
      } catch {
        return []
      }
    })
  }

  /** Whether a file may be changed through the server: one that it wrote, which holds nothing else. */
  isWritable(file: string): boolean {
    const { writable } = this.#places
    return writable !== undefined && file === join(writable, basename(file)) && written.test(basename(file))
  }

  /** Writes a manifest under its kind and name; answers false where clients may not write. */
  write(kind: string, name: string, text: string): boolean {
    const { writable } = this.#places
    if (writable === undefined) return false
    mkdirSync(writable, { recursive: true, mode: 0o700 })
    const path = join(writable, fileName(kind, name))
    writeFileSync(`${path}.part`, text, { mode: 0o600 })
    renameSync(`${path}.part`, path)
    return true
  }

  /** Removes a file that clients may change. */
  remove(file: string): void {
    if (this.isWritable(file)) rmSync(file, { force: true })
  }
}

/** The names that are made here. */
const written = /^[a-z]+-[a-z0-9-]*-[0-9a-f]{8}\.json$/

/** No name leads elsewhere, and no two names give one file. */
const fileName = (kind: string, name: string): string => {
  const digest = createHash("sha256").update(`${kind}\0${name}`).digest("hex").slice(0, 8)
  return `${kind.toLowerCase()}-${name.toLowerCase().replace(/[^a-z0-9-]+/g, "-").slice(0, 80)}-${digest}.json`
}

const manifestsAt = (path: string): ReadonlyArray<string> => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return isManifest(path) ? [path] : []
  return readdirSync(path).filter(isManifest).sort().map((name) => join(path, name))
}
