/** A run as Argo shows it: nodes with Argo's names, ids, types and phases, made from the journal. */
import * as Effect from "effect/Effect"
import { type Engine, readFacts } from "../engine/Operator.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import { originsIn } from "./commands/keptNames.ts"
import type { ManifestRun } from "./ManifestRun.ts"
import { ManifestView } from "./ManifestView.ts"
import type { Named } from "./ShownNodes.ts"

export type { ManifestNode, ManifestRun } from "./ManifestRun.ts"

/** Reads a run by its id; `undefined` when there is none. */
export const viewRun = (
  { host: { journal: { reads } } }: Engine,
  id: string,
  metadata?: Named
): Effect.Effect<ManifestRun | undefined, JournalError> =>
  Effect.gen(function* () {
    const facts = yield* readFacts(reads, id, "nodes")
    if (facts === undefined) return undefined
    const names = yield* originsIn(reads, facts)
    return manifestRun(facts, (id) => names.get(id), metadata)
  })

/** A run as Argo shows it, with the values that are known of it; other runs are named by the ids that they have. */
export const manifestRun = (
  facts: RunFacts,
  nameOfRun: (id: string) => string | undefined,
  metadata?: Named
): ManifestRun => new ManifestView(facts, nameOfRun, metadata).view()
