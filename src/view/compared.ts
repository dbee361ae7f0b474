/** The nodes of a run as they are compared with those of another one. */
import * as Effect from "effect/Effect"
import { manifestRun } from "../argo/view.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { Event, Json } from "../run/Event.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { codeKey, keptCode } from "../reuse/Code.ts"
import { codeIn, type Digests } from "../reuse/explain.ts"
import { type Compared, type Difference, differences } from "./difference.ts"
import { originsIn } from "../argo/commands/keptNames.ts"
import { readFacts } from "../engine/observe/readFacts.ts"
import type { RunSource } from "./RunSource.ts"
import { payload } from "./runHead.ts"
import { byBeginning } from "../run/tree.ts"

/** What differs between two runs that are there. */
export const differencesOf = (
  source: RunSource,
  left: string,
  right: string
): Effect.Effect<ReadonlyArray<Difference>, JournalError> =>
  Effect.gen(function* () {
    const [was, is] = [yield* nodesOf(source, left), yield* nodesOf(source, right)]
    const files = yield* filesIn(source, [...was, ...is])
    return differences(was, is, (code) => files.get(code) ?? new Map())
  })

/** The files of all codes, each read once. */
const filesIn = (
  source: RunSource,
  nodes: ReadonlyArray<Compared>
): Effect.Effect<ReadonlyMap<string, Digests>, JournalError> =>
  Effect.gen(function* () {
    const files = new Map<string, Digests>()
    for (const code of new Set(nodes.map(({ cache }) => codeIn(cache?.parts ?? [])))) {
      if (code !== "") files.set(code, keptCode(yield* source.definition(codeKey(code))).files)
    }
    return files
  })

/** The nodes, with the run itself first. */
const nodesOf = (source: RunSource, id: string): Effect.Effect<ReadonlyArray<Compared>, JournalError> =>
  Effect.gen(function* () {
    const facts = yield* readFacts(source, id, "nodes")
    if (facts === undefined) return []
    const { events, rows: { nodes, run } } = facts
    const own = compared({ ...run, attempt: run.epoch }, "(run)", events)
    if (run.kind !== "manifest") {
      return [own, ...[...nodes.values()].toSorted(byBeginning).map((row) => compared(row, row.path, events))]
    }
    const names = yield* originsIn(source, facts)
    const view = manifestRun(facts, (from) => names.get(from))
    return [
      own,
      ...view.nodes.map((it) => ({
        name: nameWithin(view.name, it.name),
        phase: it.phase,
        message: it.message,
        attempt: it.attempt,
        millis: it.finishedAt === "" || it.startedAt === "" ? 0 : Date.parse(it.finishedAt) - Date.parse(it.startedAt),
        input: it.inputs as unknown as Json,
        output: it.outputs as unknown as Json,
        reused: it.keptFrom !== undefined
      }))
    ]
  })

type Row = Omit<RunRow, "epoch"> & { readonly attempt: number } | NodeRow

const compared = (row: Row, name: string, events: ReadonlyMap<number, Event>): Compared => ({
  name,
  phase: row.phase,
  message: row.message ?? "",
  attempt: row.attempt,
  millis: row.finishedAt === 0 || row.startedAt === 0 ? 0 : row.finishedAt - row.startedAt,
  input: payload(events.get(row.inputSeq)),
  output: payload(events.get(row.resultSeq)),
  reused: isReused(events.get(row.resultSeq)),
  ...cachedIn(events.get(row.inputSeq), events.get(row.resultSeq))
})

const cachedIn = (begin: Event | undefined, end: Event | undefined): Pick<Compared, "cache"> => {
  if (end?.type === "NodeFinished" && end.reused !== undefined && end.from !== undefined) {
    return { cache: { key: end.reused.key, from: end.from } }
  }
  const note = begin?.type === "NodeStarted" ? begin.cache : undefined
  return note === undefined || "off" in note ? {} : { cache: { key: note.key, parts: note.parts } }
}

/** Whether an event tells that the record of another run was used. */
const isReused = (event: Event | undefined): boolean => event?.type === "NodeFinished" && event.from !== undefined

/** Names of manifests begin with the name of their run, which differs. */
const nameWithin = (run: string, name: string): string =>
  name.startsWith(run) ? name.slice(run.length).replace(/^\./, "") || "(root)" : name
