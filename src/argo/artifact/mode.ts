import { chmodSync, lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { Artifact } from "../document/Manifest.ts"

/**
 * Sets the mode that the manifest asks for: of the file or
 * directory, with `recurseMode` of all in it. Links are left alone.
 */
export const setMode = ({ mode, recurseMode }: Artifact, path: string): void => {
  if (mode === undefined) return
  const bits = /^0o?[0-7]+$/.test(mode) ? Number.parseInt(mode.replace("o", ""), 8) : Number(mode)
  if (Number.isInteger(bits)) change(path, bits & 0o7777, recurseMode === true)
}

const change = (path: string, bits: number, deep: boolean): void => {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return
  if (deep && stats.isDirectory()) { for (const name of readdirSync(path)) change(join(path, name), bits, deep) }
  chmodSync(path, bits)
}
