/**
 * Which runs to list, as SQL: finds what the rule of `run/select/runChoice.ts` finds. Where one value of a label is
 * asked for, the list follows the index of labels in its order; everything else is looked up for each row.
 */
import type { RunQuery } from "../journal/Journal.ts"
import type { LabelTerm } from "../run/select/labelSelector.ts"
import { bounds, type RunFieldTerm } from "../run/select/runChoice.ts"

/** A piece of SQL with its values. */
interface Piece {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
}

/** The statement that reads the rows of a query, with its values. */
export const listing = (query: RunQuery): Piece => {
  const { before, labels = [], limit = 100, skip = 0 } = query
  const lead = labels.find(leads)
  const terms = [...termsOf(query), ...labels.filter((it) => it !== lead).map(labelled)]
  const from: Piece = lead === undefined
    ? { sql: isOpen(query) ? "runs r INDEXED BY runs_open" : "runs r", values: [] }
    : { sql: "runLabels l CROSS JOIN runs r ON r.key = l.run", values: [] }
  const order = lead === undefined ? ["r.createdAt", "r.key"] : ["l.createdAt", "l.run"]
  if (lead !== undefined) terms.unshift({ sql: "l.name = ? AND l.value = ?", values: [lead.name, valuesOf(lead)[0]] })
  if (before !== undefined) {
    terms.push({ sql: `(${order.join(", ")}) < (?, ?)`, values: [before.createdAt, before.key] })
  }
  const where = terms.length === 0 ? "" : `WHERE ${terms.map(({ sql }) => sql).join(" AND ")}`
  return {
    sql: `SELECT r.* FROM ${from.sql} ${where} ORDER BY ${order.map((it) => `${it} DESC`).join(", ")} LIMIT ? OFFSET ?`,
    values: [...terms.flatMap(({ values }) => values), limit === Infinity ? -1 : limit, skip]
  }
}

const open = "r.phase IN ('Pending', 'Running')"
const openPhases = new Set(["Pending", "Running"])

/** Whether only runs that have not ended are asked for: they are few, and have an index that holds nothing else. */
const isOpen = ({ phases }: RunQuery): boolean => phases?.every((it) => openPhases.has(it)) === true

const termsOf = (query: RunQuery): Array<Piece> => {
  const { fields = [], held, phases, prefix, resubmitted, text, workflow } = query
  return [
    ...given(workflow, "r.workflow = ?"),
    ...(isOpen(query) ? [{ sql: open, values: [] }] : []),
    ...given(phases && JSON.stringify(phases), "r.phase IN (SELECT value FROM json_each(?))"),
    ...there(held, "r.held"),
    ...there(resubmitted, "r.origin"),
    ...given(prefix, "substr(r.id, 1, length(?1)) = ?1".replaceAll("?1", "?"), 2),
    ...given(
      text,
      "(instr(lower(r.id), lower(?)) + instr(lower(r.workflow), lower(?)) + instr(lower(coalesce(r.message, '')), lower(?)) > 0)",
      3
    ),
    ...fields.map(fieldTerm),
    ...bounds.flatMap(([at, after, until]) => [
      ...given(query[after], `(r.${at} > 0 AND r.${at} >= ?)`),
      ...given(query[until], `(r.${at} > 0 AND r.${at} < ?)`)
    ])
  ]
}

const given = (value: unknown, sql: string, times = 1): ReadonlyArray<Piece> =>
  value === undefined ? [] : [{ sql, values: Array.from({ length: times }, () => value) }]

const there = (wanted: boolean | undefined, column: string): ReadonlyArray<Piece> =>
  wanted === undefined ? [] : [{ sql: `${column} IS ${wanted ? "NOT " : ""}NULL`, values: [] }]

const fieldColumns: Readonly<Record<RunFieldTerm["field"], string>> = {
  "metadata.name": "r.id",
  "metadata.uid": "r.id",
  "spec.priority": "CAST(r.priority AS TEXT)",
  "spec.suspend": "iif(r.suspended, 'true', 'false')",
  "status.phase": "r.phase"
}

const fieldTerm = ({ equal, field, value }: RunFieldTerm): Piece => ({
  sql: `${fieldColumns[field]} ${equal ? "=" : "<>"} ?`,
  values: [value]
})

/** Labels that are not recorded but seen in the row. */
const derived: Readonly<Record<string, string>> = {
  "workflows.argoproj.io/phase": "r.phase",
  "workflows.argoproj.io/completed": `iif(${open}, 'false', 'true')`,
  "workflows.argoproj.io/resubmitted-from-workflow": "r.origin"
}

const isIndexed = (name: string): boolean => !(name in derived) && !name.startsWith("pinnace/")

const leads = (term: LabelTerm): boolean => term.is === "in" && term.values.length === 1 && isIndexed(term.name)

const valuesOf = (term: LabelTerm): ReadonlyArray<string> => "values" in term ? term.values : []

const labelled = (term: LabelTerm): Piece => {
  const { sql, values } = valueTerm(term)
  const not = term.is === "absent" || term.is === "notin" ? "NOT " : ""
  const own = derived[term.name]
  if (own !== undefined) {
    return { sql: `${not}EXISTS (SELECT 1 FROM (SELECT ${own} AS value) t WHERE t.value IS NOT NULL${sql})`, values }
  }
  const [table, name] = isIndexed(term.name)
    ? ["runLabels t", "t.createdAt = r.createdAt AND t.run = r.key AND t.name = ?"]
    : ["json_each(iif(json_valid(r.labels), r.labels, '{}')) t", "t.key = ?"]
  return { sql: `${not}EXISTS (SELECT 1 FROM ${table} WHERE ${name}${sql})`, values: [term.name, ...values] }
}

/** What is asked of the value, turned positive. */
const valueTerm = (term: LabelTerm): Piece => {
  if ("values" in term) {
    return { sql: " AND t.value IN (SELECT value FROM json_each(?))", values: [JSON.stringify(term.values)] }
  }
  if (!("bound" in term)) return { sql: "", values: [] }
  const digits = "iif(substr(t.value, 1, 1) IN ('+', '-'), substr(t.value, 2), t.value)"
  const isWhole = `${digits} <> '' AND ${digits} NOT GLOB '*[^0-9]*'`
  const side = term.is === "above" ? ">" : "<"
  return { sql: ` AND ${isWhole} AND CAST(t.value AS NUMERIC) ${side} ?`, values: [term.bound] }
}
