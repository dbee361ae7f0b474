/** Artifacts in a local directory: files and directories by key. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { BadArgument } from "../BadArgument.ts"
import { isInside } from "../../process/isInside.ts"

/** Stores and fetches artifacts. */
export interface ArtifactFolder {
  /** Copies a file or directory in. */
  readonly put: (key: string, from: string) => void
  /** Copies an artifact, or a part of it, to a path; answers whether there is one. */
  readonly get: (key: string, to: string, part?: string) => boolean
  /** Where an artifact lies. */
  readonly pathOf: (key: string) => string
  /** Deletes an artifact; nothing happens when there is none. */
  readonly remove: (key: string) => void
  /** All keys of files that begin with a key. */
  readonly keys: (prefix: string) => ReadonlyArray<string>
}

/** A store in a directory. */
export const artifactFolder = (directory: string): ArtifactFolder => {
  const pathOf = (key: string): string => {
    const path = normalize(`/${key}`).replace(/(?<=.)\/$/, "")
    if (path === "/") throw new BadArgument(`"${key}" cannot be the key of an artifact: it names none`)
    return join(directory, path)
  }
  return {
    pathOf,
    put: (key, from) => {
      rmSync(pathOf(key), { recursive: true, force: true })
      mkdirSync(dirname(pathOf(key)), { recursive: true })
      cpSync(from, pathOf(key), { recursive: true, verbatimSymlinks: true })
    },
    get: (key, to, part = "") => {
      const from = join(pathOf(key), normalize(`/${part}`)).replace(/\/+$/, "")
      if (!existsSync(from) || !isInside(from, pathOf(key))) return false
      mkdirSync(dirname(to), { recursive: true })
      cpSync(from, to, { recursive: true, verbatimSymlinks: true })
      return true
    },
    remove: (key) => rmSync(pathOf(key), { recursive: true, force: true }),
    keys: (prefix) => filesIn(join(directory, normalize(`/${prefix}`))).map((file) => join(prefix, file))
  }
}

const filesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
      .map((it) => join(it.parentPath, it.name).slice(folder.length).replace(/^\/+/, "")).sort()
  } catch {
    return []
  }
}

/** Writes text as an artifact at a path. */
export const placeText = (to: string, text: string): void => {
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, text)
}
