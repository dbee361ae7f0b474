/** What is asked of the artifacts of an engine. */
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../artifact/ArtifactError.ts"
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { artifacts, gc, pin } from "../engine/observe/artifacts.ts"
import type { Sweep, SweepOptions } from "../engine/observe/sweep.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { InvalidValue } from "../workflow/values.ts"
import type { PinnaceEngineShape } from "./PinnaceEngine.ts"
import { rememberedOn } from "./rememberedOn.ts"

type Kept = "artifacts" | "explain" | "forget" | "gc" | "pin" | "remembered" | "sweep"

/** The part of the service that is about what outlives nodes: artifacts, and results that are remembered. */
export const artifactsOn = (engine: Engine): Pick<PinnaceEngineShape, Kept> => ({
  ...rememberedOn(engine),
  artifacts: (filter) => asked(engine, "read artifacts", () => artifacts(engine, filter)),
  gc: (options = {}) => asked(engine, "collect artifacts", () => gc(engine, options)),
  sweep: (options) => asked(engine, "sweep artifacts", () => swept(engine, options)),
  pin: (artifact, pinned = true) => asked(engine, "pin an artifact", () => pin(engine, artifact, pinned))
})

const swept = (
  engine: Engine,
  options?: SweepOptions
): Effect.Effect<Sweep, ArtifactError | InvalidValue | JournalError> =>
  Effect.flatMap(
    Effect.promise(() => import("../engine/observe/sweep.ts")),
    ({ sweep }) => sweep(engine, options)
  )
