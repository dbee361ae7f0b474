/** The way in: `open`. Importing it costs nothing of the engine or of SQLite; both are loaded by the first call. */
import type * as Layer from "effect/Layer"
import type { SqliteOptions } from "../sqlite/openSqlite.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import type { EngineOptions } from "./makeEngine.ts"
import type { Pinnace } from "./Pinnace.ts"

/** How to open an engine. */
export interface OpenOptions<R = never> extends Pick<SqliteOptions, "durability">, EngineOptions {
  /** Workflows whose interrupted runs this process takes over at once. */
  readonly workflows?: ReadonlyArray<Runnable<never, unknown, unknown, R> & { readonly _tag: "Workflow" }>
  /** The services that Effect bodies need. */
  readonly layer?: Layer.Layer<R, never, never>
}

/** Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted. */
export const open = async <R = never>(path: string, options: OpenOptions<R> = {}): Promise<Pinnace<R>> => {
  const { openEngine } = await import("./openEngine.ts")
  return openEngine(path, options)
}
