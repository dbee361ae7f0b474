/**
 * Which runs are meant, by what they are: the rule for one row. Storage may look faster, and must find the same. Pure.
 */
import { isTerminal, type Phase } from "../Phase.ts"
import type { RunRow } from "../State.ts"
import { labelsMatch, type LabelTerm } from "./labelSelector.ts"

/** What must hold of a run; everything that is given. */
export interface RunChoice {
  /** The exact name of the workflow. */
  readonly workflow?: string
  /** Any of these phases. */
  readonly phases?: ReadonlyArray<Phase>
  /** Only runs that are held (or, with `false`, that are not): they cannot go on as they are. */
  readonly held?: boolean
  /** Only runs that were made from others (or, with `false`, that were not), by `resubmit` and `fork`. */
  readonly resubmitted?: boolean
  /** How the id begins. */
  readonly prefix?: string
  /** A part of the id, of the name of the workflow or of the message; capital letters of ASCII count as small ones. */
  readonly text?: string
  /** Terms on labels, all of which must hold. */
  readonly labels?: ReadonlyArray<LabelTerm>
  /** Terms on fields, all of which must hold. */
  readonly fields?: ReadonlyArray<RunFieldTerm>
  /** At this instant, in milliseconds since the epoch, or later. */
  readonly createdAfter?: number
  /** Earlier than this instant. */
  readonly createdBefore?: number
  /** Started at this instant, in milliseconds since the epoch, or later. */
  readonly startedAfter?: number
  /** Started earlier than this instant; one that has not started is never meant. */
  readonly startedBefore?: number
  /** Ended at this instant, in milliseconds since the epoch, or later. */
  readonly endedAfter?: number
  /** Ended earlier than this instant; one that is open is never meant. */
  readonly endedBefore?: number
}

/** The fields of a run that can be asked for, each with what they are of a row. */
export const runFields = {
  "metadata.name": (row: RunRow): string => row.id,
  "metadata.uid": (row: RunRow): string => row.id,
  "spec.priority": (row: RunRow): string => String(row.priority),
  "spec.suspend": (row: RunRow): string => String(row.suspended),
  "status.phase": (row: RunRow): string => row.phase
} as const

/** What one field of a run must be, or must not be. */
export interface RunFieldTerm {
  /** The field, as selectors of Argo name it. */
  readonly field: keyof typeof runFields
  /** Whether it must have the value; with `false` it must not. */
  readonly equal: boolean
  /** The value in text. */
  readonly value: string
}

/**
 * Labels that Argo keeps on workflows, each with what it is of
 * a run; what is recorded under such a name does not count.
 */
const derivedLabels: Readonly<Record<string, (row: RunRow) => string | undefined>> = {
  "workflows.argoproj.io/phase": ({ phase }) => phase,
  "workflows.argoproj.io/completed": ({ phase }) => String(isTerminal(phase)),
  "workflows.argoproj.io/resubmitted-from-workflow": ({ origin }) => origin ?? undefined
}

/** Whether the run is meant. */
export const isMeant = (row: RunRow, choice: RunChoice): boolean =>
  tests.every((test) => test(row, choice)) && isWithin(row, choice)

const tests: ReadonlyArray<(row: RunRow, choice: RunChoice) => boolean> = [
  (row, { workflow }) => workflow === undefined || row.workflow === workflow,
  (row, { phases }) => phases === undefined || phases.includes(row.phase),
  (row, { held }) => held === undefined || (row.held !== null) === held,
  (row, { resubmitted }) => resubmitted === undefined || (row.origin !== null) === resubmitted,
  (row, { prefix }) => prefix === undefined || row.id.startsWith(prefix),
  (row, { text }) => text === undefined || [row.id, row.workflow, row.message ?? ""].some((it) => matches(it, text)),
  (row, { labels }) => labels === undefined || labelsMatch(labels, labelsOf(row)),
  (row, { fields = [] }) => fields.every(({ equal, field, value }) => (runFields[field](row) === value) === equal)
]

const matches = (text: string, part: string): boolean => small(text).includes(small(part))

const small = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const labelsOf = (row: RunRow): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = { ...row.labels }
  for (const [name, read] of Object.entries(derivedLabels)) {
    const value = read(row)
    if (value === undefined) delete labels[name]
    else labels[name] = value
  }
  return labels
}

/** The instants of a row that can be bounded, each with the names of its bounds; 0 is not yet, which is within none. */
export const bounds = [
  ["createdAt", "createdAfter", "createdBefore"],
  ["startedAt", "startedAfter", "startedBefore"],
  ["finishedAt", "endedAfter", "endedBefore"]
] as const

const isWithin = (row: RunRow, choice: RunChoice): boolean =>
  bounds.every(([at, after, before]) => {
    const [from, until] = [choice[after], choice[before]]
    if (from === undefined && until === undefined) return true
    return row[at] > 0 && row[at] >= (from ?? 0) && row[at] < (until ?? Infinity)
  })
