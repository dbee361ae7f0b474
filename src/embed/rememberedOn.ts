/** What is asked of an engine about results that are remembered. */
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { remembered } from "../engine/observe/cache.ts"
import { explainRun } from "../engine/observe/explain.ts"
import { forget } from "../engine/observe/forget.ts"
import type { PinnaceEngineShape } from "./PinnaceEngine.ts"

/** The part of the service on an engine. */
export const rememberedOn = (engine: Engine): Pick<PinnaceEngineShape, "explain" | "forget" | "remembered"> => ({
  remembered: () => asked(engine, "read what is remembered", () => remembered(engine)),
  explain: (run, node) => asked(engine, "explain a run", () => explainRun(engine, run, node)),
  forget: (filter = {}) => asked(engine, "forget results", () => forget(engine, filter))
})
