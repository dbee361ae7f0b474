import { mkdirSync } from "node:fs"

/**
 * Makes a folder that may be there already. Its parent mostly is,
 * and then this costs a third of making all that are missing.
 */
export const makeFolder = (path: string): void => {
  try {
    mkdirSync(path)
  } catch {
    mkdirSync(path, { recursive: true })
  }
}
