/** Removes folders of tests, beside processes that may not have ended. */
import { rmSync } from "node:fs"

/**
 * Removes a folder with all that is in it, if it is there. A process that ends meanwhile may still
 * write or delete there, so it is tried again; what cannot be removed is left to the system, and fails no test.
 */
export const removeTree = (folder: string): void => {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    } catch {
      // Tried again.
    }
  }
}
