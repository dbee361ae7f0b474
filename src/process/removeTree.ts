import { chmodSync, existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs"
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

/**
 * Whether a directory is gone once it was removed, if need be, with no more than
 * directories in it: what most nodes leave, and cheaper than a look at all.
 */
export const isRemovedHollow = (directory: string, depth: number = 3): boolean => {
  if (!existsSync(directory)) return true
  try {
    const entries = readdirSync(directory, { withFileTypes: true })
    const inner = entries.every((it) =>
      it.isDirectory() && depth > 0 && isRemovedHollow(join(directory, it.name), depth - 1)
    )
    if (inner) rmdirSync(directory)
    return inner
  } catch {
    return false
  }
}

const open = (directory: string): void => {
  chmodSync(directory, 0o700)
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    if (lstatSync(path).isDirectory()) open(path)
  }
}
