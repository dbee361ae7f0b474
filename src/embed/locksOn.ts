/** What is asked of the permits of an engine, and of what waits. */
import { asked } from "../engine/asked.ts"
import { audit } from "../engine/observe/audit.ts"
import type { Engine } from "../engine/Engine.ts"
import { breakPermit, locks, setLimit } from "../engine/observe/locks.ts"
import { stuck } from "../engine/observe/stuck.ts"
import type { PinnaceEngineShape } from "./PinnaceEngine.ts"

/** The part of the service that is about permits. */
export const locksOn = (
  engine: Engine
): Pick<PinnaceEngineShape, "audit" | "breakPermit" | "locks" | "setLimit" | "stuck"> => ({
  audit: (filter) => asked(engine, "read what was done", () => audit(engine, filter)),
  stuck: () => asked(engine, "look for what is stuck", () => stuck(engine)),
  locks: () => asked(engine, "read locks", () => locks(engine)),
  setLimit: (name, limit, options) => asked(engine, "set a limit", () => setLimit(engine, name, limit, options)),
  breakPermit: (run, node) => asked(engine, "break a permit", () => breakPermit(engine, run, node))
})
