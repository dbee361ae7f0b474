/** Which node of a run waits for which: as planned, or, where no plan was recorded, as it came. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { PlanJson } from "../plan/drawing.ts"
import { type Vertex, verticesOf, verticesOfManifest } from "./edges.ts"
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
      const plan = yield* source.plan(row.digest)
      return plan === undefined ? undefined : verticesOf(JSON.parse(plan) as PlanJson)
    }
    const run = yield* readRun(source, id, "none")
    return run && verticesOfManifest(run)
  })
