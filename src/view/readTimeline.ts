/** When each node of a run waited and worked, by the names that people know, and what decided how long it took. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import { planFrom } from "../plan/stored.ts"
import type { RunRow } from "../run/State.ts"
import { criticalPath, stepsOf } from "./critical.ts"
import { type Vertex, verticesOf } from "./edges.ts"
import { readRun } from "./readRun.ts"
import { isInterrupted } from "./runHead.ts"
import type { RunSource } from "./RunSource.ts"
import { byPath, everyNode, type NodeView, type RunView, works } from "./RunView.ts"
import { type Bar, type Stretch, stretchesOf } from "./timeline.ts"

/** A node that took time. */
export interface TimelineRow {
  readonly node: NodeView
  readonly stretches: ReadonlyArray<Stretch>
}

/** Where the time of a run went, until `now` or its end. */
export interface Timeline {
  readonly run: RunView
  readonly now: number
  readonly rows: ReadonlyArray<TimelineRow>
  /** The chain of nodes that decided how long the run took. */
  readonly critical: ReadonlyArray<Bar>
}

/** The timeline of a run; `undefined` when there is none of this id. */
export const readTimeline = (source: RunSource, id: string): Effect.Effect<Timeline | undefined, JournalError> =>
  Effect.gen(function* () {
    const run = yield* readRun(source, id, "none")
    const row = run && (yield* source.findRun(id))
    if (run === undefined || row === undefined) return undefined
    const now = run.finishedAt || source.now()
    const nodes = byPath(everyNode(run))
    const whole = new Set(run.hidden)
    const shownAt = (path: string): string => nodes.get(path)?.path ?? (whole.has(path) ? wholeRun : path)
    const events = yield* source.events(row.key, 0)
    const rows = rowsOf(run, stretchesOf(events, now, shownAt, yield* isInterrupted(source, row)))
    const planned = yield* plannedIn(source, row)
    return { run, now, rows, critical: chainOf(run, rows, planned) }
  })

/** What depends on what by the recorded plan of a typed run; nothing where there is none. */
export const plannedIn = (
  source: Pick<RunSource, "plan">,
  { digest, kind }: Pick<RunRow, "digest" | "kind">
): Effect.Effect<ReadonlyArray<Vertex>, JournalError> =>
  kind === "manifest"
    ? Effect.succeed([])
    : Effect.map(source.plan(digest), (plan) => plan === undefined ? [] : verticesOf(planFrom(plan)))

/** Stands for the run as a whole among paths of nodes. */
const wholeRun = ""

/** What works, and what waited for permits before anything beneath it could work. */
const rowsOf = (run: RunView, stretches: ReadonlyMap<string, ReadonlyArray<Stretch>>): ReadonlyArray<TimelineRow> => {
  const nodes = everyNode(run)
  const whole: NodeView | undefined = run.isManifest && nodes[0] !== undefined
    ? { ...nodes[0], path: wholeRun, name: run.id, type: "run" }
    : undefined
  return [...(whole === undefined ? [] : [whole]), ...nodes].map((node) => {
    const own = stretches.get(node.path) ?? []
    return { node, stretches: works(node) ? own : own.filter(({ doing }) => doing === "permit") }
  }).filter((row) => row.stretches.length > 0)
}

/** From its first stretch to its last one. */
export const barOf = ({ node, stretches }: TimelineRow): Bar => ({
  path: node.path,
  from: stretches[0]!.from,
  to: stretches.at(-1)!.to
})

/** Since the last start of the run; a node begins when it has its permits. */
const chainOf = (
  run: RunView,
  rows: ReadonlyArray<TimelineRow>,
  planned: ReadonlyArray<Vertex>
): ReadonlyArray<Bar> => {
  const bars = new Map(
    rows.filter(({ node }) => works(node)).flatMap(({ node, stretches }) => {
      const own = stretches.slice(stretches.findLastIndex(({ doing }) => doing === "permit") + 1).filter(({ to }) =>
        to >= run.startedAt
      )
      return own.length === 0 ? [] : [[node.path, barOf({ node, stretches: own })] as const]
    })
  )
  return criticalPath(stepsOf(run, planned, ({ path }) => bars.get(path)))
}
