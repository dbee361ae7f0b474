/** Why nodes of a run reused results or computed them. */
import * as Effect from "effect/Effect"
import type { MemoSummary, Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { codeKey } from "../../reuse/Code.ts"
import { compareParts, type Digests, distance, type PartView } from "../../reuse/explain.ts"
import type { CacheNote, CachePart, NodeEvent, Reused } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import { admitOne, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"

/** What became of one node whose result may be reused. */
export interface CacheExplanation {
  /** Its path. */
  readonly node: string
  /** The name under which its results are shared. */
  readonly name: string
  /** The result that it ended with; absent where it was computed. */
  readonly reused?: Reused & { readonly run: string }
  /** Why it was computed. */
  readonly because?: string
  /** The result that it is compared with: of those of its name the one that differs least, then the newest. */
  readonly nearest?: { readonly run: string; readonly path: string; readonly at: number }
  /** What its key was made of, beside that of the nearest result; what differs first. */
  readonly parts: ReadonlyArray<PartView>
  /** Imports of its code that are not seen. */
  readonly unseen: ReadonlyArray<string>
}

type Started = Extract<NodeEvent, { readonly type: "NodeStarted" }>
type Finished = Extract<NodeEvent, { readonly type: "NodeFinished" }>
type Keyed = Extract<CacheNote, { readonly key: string }>

/** As `explain`, of the run with this id; nothing where there is none. */
export const explainRun = (
  engine: Engine,
  run: string,
  node?: string
): Effect.Effect<ReadonlyArray<CacheExplanation>, JournalError> => {
  admitOne("the run that is explained", run, text)
  if (node !== undefined) admitOne("the node that is explained", node, text)
  return Effect.flatMap(
    engine.host.journal.reads.findRun(run),
    (row) => row === undefined ? Effect.succeed([]) : explain(engine, row, node)
  )
}

/** All nodes of a run whose results may be reused, or one of them, in the order in which they began. */
const explain = (
  engine: Engine,
  row: RunRow,
  node?: string
): Effect.Effect<ReadonlyArray<CacheExplanation>, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const events = yield* reads.events(row.key, 0)
    const found: Array<CacheExplanation> = []
    for (const { at, event } of events) {
      if (!("path" in event) || node !== undefined && event.path !== node) continue
      if (event.type === "NodeFinished" && event.reused !== undefined) {
        found.push(yield* ofHit(reads, event, event.reused))
      }
      if (event.type === "NodeStarted" && event.cache !== undefined) {
        found.push(yield* ofMiss(reads, row, event, event.cache, at))
      }
    }
    return found
  })

const ofHit = (reads: Reads, { from = "", path }: Finished, reused: Reused) =>
  Effect.map(entriesOf(reads), (rows): CacheExplanation => {
    const entry = rows.find(({ key }) => key === reused.key)
    const name = entry?.cache.replace(/^task\//, "") ?? ""
    return { node: path, name, reused: { run: from, ...reused }, parts: [], unseen: [] }
  })

const entriesOf = (reads: Reads, name?: string): Effect.Effect<ReadonlyArray<MemoSummary>, JournalError> =>
  reads.memos(name === undefined ? {} : { cache: `task/${name}` })

const ofMiss = (
  reads: Reads,
  row: RunRow,
  { path }: Started,
  note: CacheNote,
  at: number
): Effect.Effect<CacheExplanation, JournalError> =>
  Effect.gen(function* () {
    const bare = { node: path, name: note.name, parts: [], unseen: [] }
    if ("off" in note) return { ...bare, because: `nothing is reused: ${note.off}` }
    const entries = (yield* entriesOf(reads, note.name)).filter((it) => it.runId !== row.id || it.path !== path)
    const code = yield* codeOf(reads, note.parts)
    const nearest = nearestOf(
      entries.filter((it) => it.createdAt < at || it.createdAt === at && it.runId !== row.id),
      note
    )
    if (nearest === undefined) {
      const because = "no other result of this name was remembered before"
      return { ...bare, because, unseen: code.unseen, parts: compareParts(note.parts, note.parts, noFiles) }
    }
    const was = partsOf(nearest)
    const files = { is: code.files, was: (yield* codeOf(reads, was)).files }
    const because = nearest.key === note.key
      ? "its result was remembered, but was too old, had lost an artifact, or was not asked for"
      : "no result with this key was remembered"
    return {
      ...bare,
      because,
      nearest: { run: nearest.runId, path: nearest.path, at: nearest.createdAt },
      parts: compareParts(note.parts, was, files),
      unseen: code.unseen
    }
  })

const noFiles = { is: new Map<string, string>(), was: new Map<string, string>() }

const nearestOf = (entries: ReadonlyArray<MemoSummary>, { parts }: Keyed): MemoSummary | undefined => {
  let best: { readonly entry: MemoSummary; readonly far: number } | undefined
  for (const entry of entries) {
    const far = distance(parts, partsOf(entry))
    if (best === undefined || far < best.far) best = { entry, far }
  }
  return best?.entry
}

const partsOf = ({ parts }: MemoSummary): ReadonlyArray<CachePart> => JSON.parse(parts) as ReadonlyArray<CachePart>

const codeOf = (
  reads: Reads,
  parts: ReadonlyArray<CachePart>
): Effect.Effect<{ readonly files: Digests; readonly unseen: ReadonlyArray<string> }, JournalError> =>
  Effect.map(reads.definition(codeKey(parts.find(([name]) => name === "code")?.[1] ?? "")), (text) => {
    const { files = [], unseen = [] } = JSON.parse(text ?? "{}") as {
      readonly files?: ReadonlyArray<readonly [string, string]>
      readonly unseen?: ReadonlyArray<string>
    }
    return { files: new Map(files), unseen }
  })
