/** Reads what a page needs of a run to show it as it stands. */
import * as Effect from "effect/Effect"
import { readFacts } from "../engine/observe/readFacts.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { wholeText } from "../plan/stored.ts"
import { isManifestRun } from "./runHead.ts"
import { type Opening, openingOf } from "./opening.ts"
import type { RunSource } from "./RunSource.ts"

/** The run with this id; `undefined` when there is none. */
export const readOpening = (source: RunSource, id: string): Effect.Effect<Opening | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    if (row === undefined) return undefined
    const isManifest = isManifestRun(row)
    // How a node of a manifest ended tells whether its result was memoized.
    const facts = yield* readFacts(source, id, isManifest ? "nodes" : "run")
    if (facts === undefined) return undefined
    const plan = isManifest ? undefined : yield* source.plan(facts.rows.run.digest)
    return openingOf(facts, plan === undefined ? undefined : wholeText(plan))
  })
