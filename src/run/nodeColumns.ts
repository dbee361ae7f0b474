/**
 * Rows of nodes by columns instead of rows: names of fields are there once, and what all nodes have alike is there once
 * as well.
 */
import type { NodeRow } from "./State.ts"

type Told = Omit<NodeRow, "run">

/** A list has a value for each node, in one order; a single value is that of all nodes. */
export type NodeColumns =
  & { readonly path: ReadonlyArray<string> }
  & { readonly [K in Exclude<keyof Told, "path">]?: Told[K] | ReadonlyArray<Told[K]> }

/** The columns of these rows, which are of one run. */
export const nodeColumns = (rows: ReadonlyArray<NodeRow>): NodeColumns => {
  const path = rows.map((row) => row.path)
  const [first] = rows
  if (first === undefined) return { path }
  const { path: _, run: __, ...rest } = first
  const fields = Object.keys(rest) as ReadonlyArray<keyof typeof rest>
  return Object.fromEntries([["path", path], ...fields.map((field) => [field, columnOf(rows, field)])])
}

const columnOf = <K extends keyof NodeRow>(rows: ReadonlyArray<NodeRow>, field: K): NodeRow[K] | Array<NodeRow[K]> => {
  const value = rows[0]![field]
  const isOne = value !== undefined && rows.every((row) => row[field] === value)
  return isOne ? value : rows.map((row) => row[field])
}

/** The rows of these columns, of the run with this key. */
export const rowsIn = ({ path, ...rest }: NodeColumns, run: number): ReadonlyArray<NodeRow> => {
  const fields = Object.entries(rest)
  return path.map((path, at) => {
    const row: Record<string, unknown> = { run, path }
    for (const [field, it] of fields) row[field] = Array.isArray(it) ? it[at] : it
    return row as unknown as NodeRow
  })
}
