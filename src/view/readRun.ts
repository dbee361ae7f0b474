/** Reads a run as it is shown, and keeps it up to date. */
import * as Effect from "effect/Effect"
import { ManifestView } from "../argo/ManifestView.ts"
import { type ManifestRun, manifestRun } from "../argo/view.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import type { RunRow } from "../run/State.ts"
import { manifestNodes } from "./ManifestNodes.ts"
import { nameOrigins, type Origins } from "../argo/commands/keptNames.ts"
import { readFacts, type Values } from "../engine/observe/readFacts.ts"
import { isInterrupted } from "./runHead.ts"
import type { RunSource } from "./RunSource.ts"
import { RunTree } from "./RunTree.ts"
import type { RunView } from "./RunView.ts"
import type { Showing } from "./Showing.ts"
import { typedNodes } from "./TypedNodes.ts"

/** The run with its nodes; `undefined` when there is none of this id. Values of nodes are in none of it. */
export const readRun = (
  source: RunSource,
  id: string,
  values: Exclude<Values, "nodes"> = "run"
): Effect.Effect<RunView | undefined, JournalError> =>
  Effect.gen(function* () {
    const facts = yield* readFacts(source, id, values)
    if (facts === undefined) return undefined
    const { run } = facts.rows
    const tree = new RunTree(facts, yield* showingOf(source, facts, new Map()))
    const view = tree.view(yield* isInterrupted(source, run))
    // What came out of a manifest that has not succeeded is in its nodes only.
    if (values === "none" || run.kind !== "manifest" || run.phase === "Succeeded") return view
    return { ...view, outputs: outputsOf(facts) }
  })

const showingOf = (source: RunSource, facts: RunFacts, origins: Origins): Effect.Effect<Showing, JournalError> =>
  facts.rows.run.kind === "manifest"
    ? Effect.map(nameOrigins(source, facts.events.values(), origins), () => manifestNodes(facts, origins))
    : Effect.map(source.plan(facts.rows.run.digest), (plan) => typedNodes(facts, plan))

const outputsOf = (facts: RunFacts): RunView["outputs"] =>
  (manifestRun(facts, () => undefined).outputs.parameters ?? []).map(({ name, value }) => [name, value])

/** A run that is looked at for a while. */
export interface OpenRun<View = RunView> {
  /** The run as it stands, for which only what happened since is read; `undefined` once it is deleted. */
  readonly look: Effect.Effect<View | undefined, JournalError>
  readonly key: number
}

/** Opens a run to look at it again and again; `undefined` when there is none of this id. No values are read. */
export const openRun = (source: RunSource, id: string): Effect.Effect<OpenRun | undefined, JournalError> =>
  opened(source, id, "none", (facts, origins) =>
    Effect.map(showingOf(source, facts, origins), (showing) => {
      const tree = new RunTree(facts, showing)
      return [tree, (run) => Effect.map(isInterrupted(source, run), (interrupted) => tree.view(interrupted))]
    }))

/** The same for a run of a manifest as Argo shows it, with values. */
export const openManifest = (
  source: RunSource,
  id: string
): Effect.Effect<OpenRun<ManifestRun> | undefined, JournalError> =>
  opened(
    source,
    id,
    "nodes",
    (facts, origins) =>
      Effect.map(nameOrigins(source, facts.events.values(), origins), () => {
        const view = new ManifestView(facts, (from) => origins.get(from))
        return [view, () => Effect.sync(() => view.view())]
      })
  )

/** What is kept up to date event by event, and how it is looked at. */
type Kept<View> = readonly [
  folded: Pick<RunTree, "learn" | "renamed" | "replace">,
  view: (run: RunRow) => Effect.Effect<View, JournalError>
]

const opened = <View>(
  source: RunSource,
  id: string,
  values: Values,
  begin: (facts: RunFacts, origins: Origins) => Effect.Effect<Kept<View>, JournalError>
): Effect.Effect<OpenRun<View> | undefined, JournalError> =>
  Effect.gen(function* () {
    const facts = yield* readFacts(source, id, values)
    if (facts === undefined) return undefined
    const { key } = facts.rows.run
    const origins: Origins = new Map()
    const [folded, view] = yield* begin(facts, origins)
    const look = Effect.gen(function* () {
      const news = yield* source.events(key, facts.seq)
      folded.learn(news)
      if (yield* nameOrigins(source, news.map(({ event }) => event), origins)) folded.renamed()
      const run = yield* source.getRun(key)
      if (run === undefined) return undefined
      folded.replace(run)
      return yield* view(run)
    })
    return { key, look }
  })
