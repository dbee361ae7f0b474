/** Which runs to list, as SQL of PostgreSQL: finds what the rule of `run/select/runChoice.ts` finds. */
import type { RunQuery } from "../journal/Journal.ts"
import type { LabelTerm } from "../run/select/labelSelector.ts"
import { bounds, type RunChoice, type RunFieldTerm } from "../run/select/runChoice.ts"
import { sendable } from "./text.ts"

/** A statement with its values. */
export interface Statement {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
}

/** Gathers values, and names their places. */
class Values {
  readonly all: Array<unknown> = []

  put(value: unknown): string {
    return `$${this.all.push(value)}`
  }
}

/** The statement that reads the rows of a query. */
export const listing = (query: RunQuery): Statement => {
  const { before, limit = 100, skip = 0 } = query
  const values = new Values()
  const terms = termsOf(query, values)
  if (before !== undefined) {
    terms.push(`(r."createdAt", r.key) < (${values.put(before.createdAt)}::int8, ${values.put(before.key)}::int8)`)
  }
  const most = limit === Infinity ? "" : ` LIMIT ${values.put(limit)}::int8`
  const sql = `SELECT r.* FROM runs r${where(terms)} ORDER BY r."createdAt" DESC, r.key DESC${most} ` +
    `OFFSET ${values.put(skip)}::int8`
  return { sql, values: values.all }
}

/** The statement that counts the runs of a choice by their phases. */
export const counting = (choice: RunChoice): Statement => {
  const values = new Values()
  const sql = `SELECT r.phase, count(*) AS count FROM runs r${where(termsOf(choice, values))} GROUP BY r.phase`
  return { sql, values: values.all }
}

const where = (terms: ReadonlyArray<string>): string => terms.length === 0 ? "" : ` WHERE ${terms.join(" AND ")}`

const open = "r.phase IN ('Pending', 'Running')"

const termsOf = (query: RunChoice, values: Values): Array<string> => {
  const { fields = [], held, labels = [], phases, prefix, resubmitted, text, workflow } = query
  const given = (value: unknown, term: (place: string) => string): ReadonlyArray<string> =>
    value === undefined ? [] : [term(values.put(value))]
  return [
    ...given(workflow, (it) => `r.workflow = ${it}`),
    ...given(phases, (it) => `r.phase = ANY(${it}::text[])`),
    ...there(held, "r.held"),
    ...there(resubmitted, "r.origin"),
    ...given(prefix, (it) => `starts_with(r.id, ${it}::text)`),
    ...given(text, (it) => `(${["r.id", "r.workflow", "coalesce(r.message, '')"].map(contains(it)).join(" OR ")})`),
    ...labels.map((term) => labelled(term, values)),
    ...fields.map((term) => fieldTerm(term, values)),
    ...bounds.flatMap(([at, after, until]) => [
      ...given(query[after], (it) => `(r."${at}" > 0 AND r."${at}" >= ${it}::int8)`),
      ...given(query[until], (it) => `(r."${at}" > 0 AND r."${at}" < ${it}::int8)`)
    ])
  ]
}

const contains = (place: string) => (column: string): string =>
  `position(lower(${place}::text COLLATE "C") IN lower(${column} COLLATE "C")) > 0`

const there = (wanted: boolean | undefined, column: string): ReadonlyArray<string> =>
  wanted === undefined ? [] : [`${column} IS ${wanted ? "NOT " : ""}NULL`]

const fieldColumns: Readonly<Record<RunFieldTerm["field"], string>> = {
  "metadata.name": "r.id",
  "metadata.uid": "r.id",
  "spec.priority": "r.priority::text",
  "spec.suspend": "r.suspended::text",
  "status.phase": "r.phase"
}

const fieldTerm = ({ equal, field, value }: RunFieldTerm, values: Values): string =>
  `${fieldColumns[field]} ${equal ? "=" : "<>"} ${values.put(value)}`

/** Labels that are not recorded but seen in the row. */
const derived: Readonly<Record<string, string>> = {
  "workflows.argoproj.io/phase": "r.phase",
  "workflows.argoproj.io/completed": `(NOT ${open})::text`,
  "workflows.argoproj.io/resubmitted-from-workflow": "r.origin"
}

const labelled = (term: LabelTerm, values: Values): string => {
  const own = derived[term.name]
  const isNot = term.is === "absent" || term.is === "notin"
  if (own === undefined && term.is === "in" && term.values.length === 1) {
    return `r.labels @> ${values.put(sendable(JSON.stringify({ [term.name]: term.values[0] })))}::jsonb`
  }
  const value = own ?? `(r.labels ->> ${values.put(term.name)})`
  return `${isNot ? "NOT " : ""}coalesce(${valueTerm(term, value, values)}, false)`
}

/** What is asked of the value, turned positive. */
const valueTerm = (term: LabelTerm, value: string, values: Values): string => {
  if ("values" in term) return `${value} = ANY(${values.put(term.values)}::text[])`
  if (!("bound" in term)) return `${value} IS NOT NULL`
  const bound = `${values.put(term.bound)}::numeric`
  return `CASE WHEN ${value} ~ '^[+-]?[0-9]+$' THEN ${value}::numeric ${term.is === "above" ? ">" : "<"} ${bound} END`
}
