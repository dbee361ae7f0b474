/**
 * Which runs to list, as SQL: finds what the rule of `run/select/runChoice.ts` finds. Where one value of a label or
 * phases are asked for, the list follows their indexes in its order; everything else is looked up for each row.
 */
import type { RunQuery } from "../journal/Journal.ts"
import type { LabelTerm } from "../run/select/labelSelector.ts"
import type { Phase } from "../run/Phase.ts"
import { bounds, type RunChoice, type RunFieldTerm } from "../run/select/runChoice.ts"

/** A piece of SQL with its values. */
interface Piece {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
}

/** A query that gives some of the rows, and its order, newest first. */
interface Branch extends Piece {
  readonly order: string
}

/** The statement that reads the rows of a query, with its values. */
export const listing = (query: RunQuery): Piece => {
  const { limit = 100, skip = 0 } = query
  const branches = branchesOf(query)
  const order = branches.length > 1 ? "createdAt DESC, key DESC" : branches[0]!.order
  return {
    sql: `${branches.map(({ sql }) => sql).join(" UNION ALL ")} ORDER BY ${order} LIMIT ? OFFSET ?`,
    values: [...branches.flatMap(({ values }) => values), limit === Infinity ? -1 : limit, skip]
  }
}

/** The statement that counts the runs of a choice by their phases, with its values. */
export const counting = (choice: RunChoice): Piece => {
  const branches = branchesOf(choice)
  const runs = branches.map(({ sql }) => sql).join(" UNION ALL ")
  return {
    sql: `SELECT phase, count(*) AS count FROM (${runs}) GROUP BY phase`,
    values: branches.flatMap(({ values }) => values)
  }
}

/** Queries that each follow one index in the order of the list, which SQLite merges. */
const branchesOf = (query: RunQuery): ReadonlyArray<Branch> => {
  const { labels = [], phases } = query
  const lead = labels.find(leads)
  if (lead !== undefined) return [labelBranch(query, lead)]
  if (phases === undefined) return [branch("runs r", [], query)]
  const ended = [...new Set(phases)].filter((phase) => !openPhases.has(phase))
  const branches = ended.map((phase) => endedBranch(query, phase))
  // Also where no phase is asked for: then it finds nothing.
  if (ended.length < new Set(phases).size || ended.length === 0) branches.push(openBranch(query))
  return branches
}

/** Runs that have not ended are few, and have an index that holds nothing else. */
const openBranch = (query: RunQuery): Branch =>
  branch("runs r INDEXED BY runs_open", [{ sql: open, values: [] }, phaseTerm(query)], query)

const endedBranch = (query: RunQuery, phase: Phase): Branch => {
  const index = query.workflow === undefined ? "runs_ended" : "runs_ended_by_workflow"
  return branch(
    `runs r INDEXED BY ${index}`,
    [{ sql: ended, values: [] }, { sql: "r.phase = ?", values: [phase] }],
    query
  )
}

const labelBranch = (query: RunQuery, lead: LabelTerm): Branch => {
  const terms = [{ sql: "l.name = ? AND l.value = ?", values: [lead.name, valuesOf(lead)[0]] }]
  const others = (query.labels ?? []).filter((it) => it !== lead)
  const { phases } = query
  return branch(
    "runLabels l CROSS JOIN runs r ON r.key = l.run",
    phases === undefined ? terms : [...terms, phaseTerm(query)],
    { ...query, labels: others },
    ["l.createdAt", "l.run"]
  )
}

const branch = (
  from: string,
  first: ReadonlyArray<Piece>,
  query: RunQuery,
  place: readonly [createdAt: string, key: string] = ["r.createdAt", "r.key"]
): Branch => {
  const { before, labels = [] } = query
  const terms = [...first, ...termsOf(query), ...labels.map(labelled)]
  if (before !== undefined) {
    terms.push({ sql: `(${place.join(", ")}) < (?, ?)`, values: [before.createdAt, before.key] })
  }
  const where = terms.length === 0 ? "" : ` WHERE ${terms.map(({ sql }) => sql).join(" AND ")}`
  return {
    sql: `SELECT r.* FROM ${from}${where}`,
    values: terms.flatMap(({ values }) => values),
    order: place.map((it) => `${it} DESC`).join(", ")
  }
}

const open = "r.phase IN ('Pending', 'Running')"
const openPhases = new Set(["Pending", "Running"])

/** As the indexes of ended runs say it. */
const ended = "r.phase NOT IN ('Pending', 'Running')"

const phaseTerm = ({ phases = [] }: RunQuery): Piece => ({
  sql: "r.phase IN (SELECT value FROM json_each(?))",
  values: [JSON.stringify(phases)]
})

const termsOf = (query: RunQuery): Array<Piece> => {
  const { fields = [], held, prefix, resubmitted, text, workflow } = query
  return [
    ...given(workflow, "r.workflow = ?"),
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
