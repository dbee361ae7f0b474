import { chmodSync, lstatSync, readdirSync, rmSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"

/** Removes a directory with all in it, also where its owner may not look. */
export const removeTree = (directory: string): void => {
  try {
    rmSync(directory, { recursive: true, force: true })
  } catch {
    open(directory)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Removes a directory while others go on. Rejects when something in it cannot be removed. */
export const removeTreeLater = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true }).catch(() => removeTree(directory))

const open = (directory: string): void => {
  chmodSync(directory, 0o700)
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    if (lstatSync(path).isDirectory()) open(path)
  }
}
