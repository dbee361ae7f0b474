/** What is asked of the state as a whole. */
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { health } from "../engine/observe/health.ts"
import { handleOn } from "./handleOf.ts"
import type { PinnaceEngineShape } from "./PinnaceEngine.ts"
import { backedUp, imported } from "./transfer/transfer.ts"

/** The part of the service that is about the state: how it does, copies of it, runs that it takes in. */
export const stateOn = (engine: Engine): Pick<PinnaceEngineShape, "backup" | "health" | "import"> => ({
  backup: (file) => asked(engine, "make a backup", () => backedUp(engine, file)),
  // Not asked as other things are: whoever closes an engine wants to hear of it.
  health: () => health(engine),
  import: (file) => handleOn(engine, asked(engine, "import a run", () => imported(engine, file)))
})
