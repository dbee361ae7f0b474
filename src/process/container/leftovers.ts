/** Containers whose process is gone. */
import * as Effect from "effect/Effect"
import { ask, type EngineName } from "./Engine.ts"
import { isGone, ownerLabel } from "./owner.ts"

/** Removes what processes left behind that were killed. */
export const removeLeftovers = (engine: EngineName): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { stdout } = yield* ask(engine, ["ps", "--all", "--quiet", "--filter", `label=${ownerLabel}`])
    const ids = stdout.split("\n").filter((id) => id !== "")
    if (ids.length === 0) return
    const format = `{{.Id}} {{index .Config.Labels "${ownerLabel}"}}`
    const owned = yield* ask(engine, ["inspect", "--format", format, ...ids])
    const left = owned.stdout.split("\n").map((line) => line.split(" ")).filter(([, owner = ""]) =>
      owner !== "" && isGone(owner)
    )
    yield* removeContainers(engine, left.map(([id = ""]) => id))
  })

/** Kills and removes containers, whether they run or not. */
export const removeContainers = (engine: EngineName, names: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (names.length === 0) return
    yield* ask(engine, ["kill", ...names])
    yield* ask(engine, ["rm", "--force", "--volumes", ...names])
  })

/** Removes a container that has ended by itself. */
export const removeEnded = (engine: EngineName, name: string): Effect.Effect<void> =>
  Effect.asVoid(ask(engine, ["rm", "--force", "--volumes", name]))

/** A command that does the same for all containers of an owner, for when its process is dead. */
export const removalCommand = (engine: EngineName, owner: string): ReadonlyArray<string> => [
  "/bin/sh",
  "-c",
  'ids=$("$0" ps --all --quiet --filter "label=$1") && [ -n "$ids" ] && { "$0" kill $ids; "$0" rm --force --volumes $ids; }',
  engine,
  `${ownerLabel}=${owner}`
]
