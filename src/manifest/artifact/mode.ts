import { chmodSync, lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { Artifact } from "../Manifest.ts"

/** Sets the mode that the manifest asks for: of the file or directory, with `recurseMode` of all in it. */
export const setMode = ({ mode, recurseMode }: Artifact, path: string): void => {
  if (mode === undefined) return
  const bits = /^0o?[0-7]+$/.test(mode) ? Number.parseInt(mode.replace("o", ""), 8) : Number(mode)
  if (!Number.isInteger(bits)) return
  const all = recurseMode === true && lstatSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
    : []
  for (const file of [path, ...all]) if (!lstatSync(file).isSymbolicLink()) chmodSync(file, bits)
}
