/** Why nodes of a run reused results or computed them. */
import * as Effect from "effect/Effect"
import type { MemoSummary, Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { codeKey, type Kept, keptCode } from "../../reuse/Code.ts"
import {
  codeIn,
  compareParts,
  differText,
  type Digests,
  digestsOf,
  distance,
  type PartView
} from "../../reuse/explain.ts"
import type { CacheNote, CachePart, NodeEvent, Reused } from "../../run/Event.ts"
import { span } from "../../run/instant.ts"
import type { RunRow } from "../../run/State.ts"
import { admitOne, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"

/** What became of one node whose result may be reused. */
export interface CacheExplanation {
  /** Its path. */
  readonly node: string
  /** The name under which its results are shared. */
  readonly name: string
  /** The key that it was looked up by; absent where nothing is reused. */
  readonly key?: string
  /** The result that it ended with; absent where it was computed. */
  readonly reused?: Reused & { readonly run: string }
  /** Why it was computed, or that it was not, in words that go on after "it": the same wherever it is told. */
  readonly because: string
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
    const events = node === undefined
      ? yield* reads.events(row.key, 0)
      : yield* reads.eventsOf(row.key, node, 1, Number.MAX_SAFE_INTEGER)
    const entries = new Entries(reads)
    const found: Array<CacheExplanation> = []
    for (const { at, event } of events) {
      if (event.type === "NodeFinished" && event.reused !== undefined) {
        found.push(yield* ofHit(entries, event, event.reused))
      }
      if (event.type === "NodeStarted" && event.cache !== undefined) {
        found.push(yield* ofMiss(reads, entries, row, event, event.cache, at))
      }
    }
    return found
  })

/** An entry, and what its key was made of. */
interface Entry extends MemoSummary {
  readonly made: ReadonlyArray<CachePart>
  readonly digests: Digests
}

/** The newest entries, by name, each read once. */
class Entries {
  readonly #reads: Reads
  readonly #known = new Map<string | undefined, ReadonlyArray<Entry>>()

  constructor(reads: Reads) {
    this.#reads = reads
  }

  of(name?: string): Effect.Effect<ReadonlyArray<Entry>, JournalError> {
    const known = this.#known.get(name)
    if (known !== undefined) return Effect.succeed(known)
    const rows = this.#reads.memos(name === undefined ? {} : { cache: `task/${name}` })
    return Effect.map(rows, (all) => {
      const entries = all.map((row): Entry => {
        const made = JSON.parse(row.parts) as ReadonlyArray<CachePart>
        return { ...row, made, digests: digestsOf(made) }
      })
      this.#known.set(name, entries)
      return entries
    })
  }
}

const ofHit = (entries: Entries, { from = "", path }: Finished, reused: Reused) =>
  Effect.map(entries.of(), (rows): CacheExplanation => {
    const entry = rows.find(({ key }) => key === reused.key)
    const name = entry?.cache.replace(/^task\//, "") ?? ""
    const because = `reused the result of ${from} ${reused.path}, which took ${span(reused.millis)}`
    return { node: path, name, key: reused.key, because, reused: { run: from, ...reused }, parts: [], unseen: [] }
  })

const ofMiss = (
  reads: Reads,
  known: Entries,
  row: RunRow,
  { path }: Started,
  note: CacheNote,
  at: number
): Effect.Effect<CacheExplanation, JournalError> =>
  Effect.gen(function* () {
    const none = { node: path, name: note.name, parts: [], unseen: [] }
    if ("off" in note) return { ...none, because: `was computed, nothing is reused: ${note.off}` }
    const bare = { ...none, key: note.key }
    const entries = (yield* known.of(note.name)).filter((it) => it.runId !== row.id || it.path !== path)
    const code = yield* codeOf(reads, note.parts)
    const nearest = nearestOf(
      entries.filter((it) => it.createdAt < at || it.createdAt === at && it.runId !== row.id),
      note
    )
    if (nearest === undefined) {
      const because = "was computed: no earlier result"
      return { ...bare, because, unseen: code.unseen, parts: compareParts(note.parts, note.parts, noFiles) }
    }
    const files = { is: code.files, was: (yield* codeOf(reads, nearest.made)).files }
    const parts = compareParts(note.parts, nearest.made, files)
    return {
      ...bare,
      because: `was computed: ${missed(note, nearest, parts)}`,
      nearest: { run: nearest.runId, path: nearest.path, at: nearest.createdAt },
      parts,
      unseen: code.unseen
    }
  })

const missed = ({ key }: Keyed, nearest: Entry, parts: ReadonlyArray<PartView>): string =>
  nearest.key === key
    ? "its result was too old, had lost an artifact, or was not asked for"
    : `no result has this key, ${differText(parts)} from ${nearest.runId} ${nearest.path}`

const noFiles = { is: new Map<string, string>(), was: new Map<string, string>() }

const nearestOf = (entries: ReadonlyArray<Entry>, { parts }: Keyed): Entry | undefined => {
  const own = digestsOf(parts)
  let best: { readonly entry: Entry; readonly far: number } | undefined
  for (const entry of entries) {
    const far = distance(own, entry.digests)
    if (best === undefined || far < best.far) best = { entry, far }
  }
  return best?.entry
}

const codeOf = (reads: Reads, parts: ReadonlyArray<CachePart>): Effect.Effect<Kept, JournalError> =>
  Effect.map(reads.definition(codeKey(codeIn(parts))), keptCode)
