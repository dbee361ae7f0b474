/** Lists of runs, page by page. */
import type { RunCursor, RunQuery } from "../../journal/Journal.ts"
import { PHASES } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import {
  admit,
  count,
  flag,
  listOf,
  oneOf,
  pageSize,
  record,
  type Rule,
  type Rules,
  text
} from "../../workflow/admit.ts"
import { countFault, demand, shown } from "../../workflow/values.ts"
import type { Engine } from "../Engine.ts"

/** Which runs to list; newest first. */
export interface RunFilter extends Omit<RunQuery, "before"> {
  /**
   * Only runs that come after this one in the list: the last row of the page before, or its `createdAt` and `key` as they came back from
   * wherever you kept them. The run itself may be deleted meanwhile. Its id does too, as long as it is there.
   */
  readonly before?: RunCursor | string
}

const cursorHint = "Use the last row of the page before, or { createdAt, key } of it"

const place = record((value) => {
  const { createdAt, key } = value as Partial<RunCursor>
  if (countFault(createdAt) === undefined && countFault(key) === undefined) return undefined
  return { what: "is no place in a list of runs", hint: cursorHint }
}, cursorHint)

const cursor: Rule = Object.assign((value: unknown) => typeof value === "string" ? undefined : place(value), place)

const rules: Rules<RunFilter> = {
  workflow: text,
  phases: listOf(oneOf(PHASES)),
  held: flag,
  before: cursor,
  skip: count(),
  limit: pageSize
}

/** Runs that fit, newest first. Throws `InvalidValue`. */
export const list = ({ host: { journal } }: Engine, filter: RunFilter): ReadonlyArray<RunRow> => {
  const { before, ...rest } = admit<RunFilter>("the filter of a list of runs", filter, rules)
  if (typeof before !== "string") return journal.listRuns(before === undefined ? rest : { ...rest, before })
  const row = journal.findRun(before)
  const what = `is ${shown(before)}, and no run has this id (any more)`
  if (row === undefined) demand('"before" of the filter of a list of runs', { what, hint: cursorHint })
  return journal.listRuns({ ...rest, before: row! })
}
