/** Lists of runs, page by page. */
import * as Effect from "effect/Effect"
import type { Reads, RunCursor, RunQuery } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { type PhaseCounts, PHASES } from "../../run/Phase.ts"
import { BadSelector } from "../../run/select/BadSelector.ts"
import { type LabelTerm, labelTerms } from "../../run/select/labelSelector.ts"
import type { RunChoice } from "../../run/select/runChoice.ts"
import { runFieldTerms } from "../../run/select/runFields.ts"
import type { RunRow } from "../../run/State.ts"
import { placeOf, type RunView, runView } from "../../run/view.ts"
import {
  admit,
  count,
  flag,
  instant,
  listOf,
  oneOf,
  pageSize,
  record,
  type Rule,
  type Rules,
  text
} from "../../workflow/admit.ts"
import { demand, type Fault, labelsFault, shown } from "../../workflow/values.ts"
import type { Engine } from "../Engine.ts"

/** Bounds of the instants of a run. */
export type Instants = {
  readonly [K in "createdAfter" | "createdBefore" | "startedAfter" | "startedBefore" | "endedAfter" | "endedBefore"]?:
    | Date
    | number
}

/** Which runs to list; newest first. What is given must all hold. */
export interface RunFilter
  extends Instants, Pick<RunChoice, "workflow" | "phases" | "held" | "resubmitted" | "prefix" | "text"> {
  /**
   * A label selector as Kubernetes has them: `a=b,c!=d,x in (1,2),y notin (z),exists,!not`. Argo's labels
   * `workflows.argoproj.io/phase`, `completed` and `resubmitted-from-workflow` are known of every run. Or a record of
   * labels that it has, as `start` takes it.
   */
  readonly labels?: string | Readonly<Record<string, string>>
  /** A field selector as Argo has them: `metadata.name!=a,status.phase=Failed`. */
  readonly fields?: string
  /**
   * Only runs that come after this one in the list: the last row of the page before, or its `cursor` as it came back
   * from wherever you kept it. The run itself may be deleted meanwhile. Its id does too, as long as it is there.
   */
  readonly before?: Pick<RunView, "cursor"> | string
  /** Leaves out the newest N of these; default 0. */
  readonly skip?: number
  /** At most this many; default 100, `Infinity` for all. */
  readonly limit?: number
}

const cursorHint = 'Use the last row of the page before, or its "cursor"'

const place = record((value) => {
  const { cursor } = value as { readonly cursor?: unknown }
  if (typeof cursor === "string" && placeOf(cursor) !== undefined) return undefined
  return { what: "is not a place in a list of runs", hint: cursorHint }
}, cursorHint)

const cursor: Rule = Object.assign((value: unknown) => typeof value === "string" ? undefined : place(value), place)

/** A selector that can be read. */
const selector = (read: (text: string) => unknown): Rule => (value) => text(value) ?? faultOf(() => read(String(value)))

const faultOf = (read: () => unknown): Fault | undefined => {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof BadSelector) return { what: "cannot be read", hint: error.message }
    throw error
  }
}

const exactly = record(
  (value) => labelsFault(value, Infinity),
  'Use a label selector like "team=blue,!old", or a record like { team: "blue" }'
)

const labels: Rule = Object.assign(
  (value: unknown) => typeof value === "string" ? selector(labelTerms)(value) : exactly(value),
  exactly
)

const rules: Rules<RunFilter> = {
  workflow: text,
  phases: listOf(oneOf(PHASES)),
  held: flag,
  resubmitted: flag,
  prefix: text,
  text,
  labels,
  fields: selector(runFieldTerms),
  createdAfter: instant,
  createdBefore: instant,
  startedAfter: instant,
  startedBefore: instant,
  endedAfter: instant,
  endedBefore: instant,
  before: cursor,
  skip: count(),
  limit: pageSize
}

/** Runs that fit, newest first. Throws `InvalidValue`. */
export const list = (
  { host: { journal: { reads } } }: Engine,
  filter: RunFilter
): Effect.Effect<ReadonlyArray<RunRow>, JournalError> => {
  const { before, ...rest } = admit<RunFilter>("the filter of a list of runs", filter, rules)
  const query = queryOf(rest)
  if (before === undefined) return reads.listRuns(query)
  return Effect.flatMap(after(reads, before), (place) => reads.listRuns({ ...query, before: place }))
}

/** The same as they are told of. */
export const listed = (
  engine: Engine,
  filter: RunFilter
): Effect.Effect<ReadonlyArray<RunView>, JournalError> => Effect.map(list(engine, filter), (rows) => rows.map(runView))

/** Which runs to count: as in a list, of which it takes no part. */
export type RunCount = Omit<RunFilter, "before" | "skip" | "limit">

const { before: _, limit: __, skip: ___, ...choosing } = rules

/** How many runs that fit are in which phase; a phase that none is in is absent. Throws `InvalidValue`. */
export const counts = (
  { host: { journal: { reads } } }: Engine,
  filter: RunCount
): Effect.Effect<PhaseCounts, JournalError> =>
  reads.countRuns(queryOf(admit<RunCount>("the filter of counted runs", filter, choosing)))

/** The place of the last row of the page before. */
const after = (reads: Reads, before: NonNullable<RunFilter["before"]>): Effect.Effect<RunCursor, JournalError> => {
  const known = placeOf(typeof before === "string" ? before : before.cursor)
  if (known !== undefined) return Effect.succeed(known)
  return Effect.map(reads.findRun(before as string), (found) => {
    const what = `is ${shown(before)}, and no run has this id (any more)`
    if (found === undefined) demand('"before" of the filter of a list of runs', { what, hint: cursorHint })
    return found!
  })
}

const queryOf = ({ fields, labels, ...rest }: Omit<RunFilter, "before">): RunQuery => ({
  // The rule of instants has made numbers of dates.
  ...rest as Omit<typeof rest, keyof Instants> & Readonly<Record<keyof Instants, number>>,
  ...(labels === undefined ? {} : { labels: typeof labels === "string" ? labelTerms(labels) : termsOf(labels) }),
  ...(fields === undefined ? {} : { fields: runFieldTerms(fields) })
})

const termsOf = (labels: Readonly<Record<string, string>>): ReadonlyArray<LabelTerm> =>
  Object.entries(labels).map(([name, value]) => ({ name, is: "in", values: [value] }))
