import { lstatSync, mkdirSync, rmSync } from "node:fs"
import { dirname, resolve as resolvePath } from "node:path"
import * as Effect from "effect/Effect"
import { ask, type EngineName } from "./Engine.ts"

/**
 * Copies a file or directory out of a container that has ended; nothing
 * happens when there is none. The engine follows links within the container.
 */
export const copyOut = (engine: EngineName, container: string, path: string, to: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    mkdirSync(dirname(to), { recursive: true })
    // Podman follows links anyway.
    const following = engine === "docker" ? ["--follow-link"] : []
    const copied = ask(engine, ["cp", ...following, `${container}:${resolvePath("/", path)}`, to])
    return Effect.map(copied, () => {
      if (lstatSync(to, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(to)
    })
  })
