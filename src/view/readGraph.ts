/** Which node of a run waits for which: as planned, or, where no plan says it, as it came. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import { planFrom, wholeText } from "../plan/stored.ts"
import { type Vertex, verticesOf, verticesOfManifest } from "./edges.ts"
import { hasFlow, stepVertices } from "./steps.ts"
import { readRun } from "./readRun.ts"
import type { RunSource } from "./RunSource.ts"

/** The nodes with what each waits for; `undefined` when nothing tells. */
export const readGraph = (
  source: RunSource,
  id: string
): Effect.Effect<ReadonlyArray<Vertex> | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    if (row === undefined) return undefined
    if (row.kind !== "manifest") {
      const text = yield* source.plan(row.digest)
      if (text === undefined) return undefined
      const plan = planFrom(text)
      const steps = hasFlow(plan) ? stepVertices(plan, yield* source.events(row.key, 0)) : []
      return [...verticesOf(plan), ...steps]
    }
    const run = yield* readRun(source, id, "none")
    return run && verticesOfManifest(run)
  })

/** The recorded plan of a run as JSON text, with all that it says of a node; `undefined` where there is none. */
export const readPlan = (source: RunSource, id: string): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    const stored = row === undefined ? undefined : yield* source.plan(row.digest)
    return stored === undefined ? undefined : wholeText(stored)
  })
