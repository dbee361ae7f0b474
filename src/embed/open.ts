/** The way in: `open`. Importing it costs nothing of the engine or of SQLite; both are loaded by the first call. */
import "../journal/immediate.ts"
import type { OpenOptions } from "./openOptions.ts"
import type { Open } from "./openEngine.ts"

/**
 * Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted.
 */
export const open: Open = async <R>(path: string, options?: OpenOptions<R>) => {
  const { openEngine } = await import("./openEngine.ts")
  return openEngine(path, options)
}
