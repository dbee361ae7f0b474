import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Writes a script into a workspace and answers its path. */
export const writeScript = (directory: string, source: string): string => {
  const folder = join(directory, "staging")
  mkdirSync(folder, { recursive: true })
  const file = join(folder, "script")
  writeFileSync(file, source)
  chmodSync(file, 0o755)
  return file
}
