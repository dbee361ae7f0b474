/** Makes an engine whole: what it does by itself, and what its nodes may do with other runs. */
import type { Engine } from "../Engine.ts"
import { attach, type Attachment } from "../life/attach.ts"
import { runsOf } from "./runsOf.ts"

/** Lets the engine react to its journal, and its nodes reach other runs. */
export const wire = (engine: Engine, attachment: Attachment): Engine => {
  engine.runs = runsOf(engine)
  return attach(engine, attachment)
}
