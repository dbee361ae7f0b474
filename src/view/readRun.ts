/** A run as it stands, read from a source. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import type { RunSource } from "./RunSource.ts"
import type { RunView } from "./RunView.ts"
import { ofManifest } from "./ofManifest.ts"
import { ofRows } from "./ofRows.ts"
import { originNames } from "./originNames.ts"
import { readFacts, type Values } from "./readFacts.ts"
import { isInterrupted } from "./runHead.ts"

/** The run with its nodes; `undefined` when there is none of this id. Values of nodes are in none of it. */
export const readRun = (
  source: RunSource,
  id: string,
  values: Exclude<Values, "nodes"> = "run"
): Effect.Effect<RunView | undefined, JournalError> =>
  Effect.flatMap(
    readFacts(source, id, values),
    (facts) => facts === undefined ? Effect.succeed(undefined) : viewed(source, facts)
  )

const viewed = (source: RunSource, facts: RunFacts): Effect.Effect<RunView, JournalError> =>
  Effect.gen(function* () {
    const { run } = facts.rows
    const interrupted = yield* isInterrupted(source, run)
    if (run.kind === "manifest") return ofManifest(facts, yield* originNames(source, facts), interrupted)
    return ofRows(facts, yield* source.plan(run.digest), interrupted)
  })
