/** Which node of a run waits for which: as planned, or, where no plan says it, as it came. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { PlanJson } from "../plan/drawing.ts"
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
      const plan = JSON.parse(text) as PlanJson
      const steps = hasFlow(plan) ? stepVertices(plan, yield* source.events(row.key, 0)) : []
      return [...verticesOf(plan), ...steps]
    }
    const run = yield* readRun(source, id, "none")
    return run && verticesOfManifest(run)
  })
