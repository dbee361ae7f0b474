/** The way in: `open`. Importing it costs nothing of the engine or of SQLite; both are loaded by the first call. */
import "../journal/immediate.ts"
import type { OpenOptions } from "./openEngine.ts"
import type { Pinnace } from "./Pinnace.ts"

/** Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted. */
export const open = async <R = never>(path: string, options: OpenOptions<R> = {}): Promise<Pinnace<R>> => {
  const { openEngine } = await import("./openEngine.ts")
  return openEngine(path, options)
}
