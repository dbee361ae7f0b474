/** Which lines of a log are meant, as SQL: finds what the rule of `run/select/lineChoice.ts` finds. */
import type { LineQuery } from "../journal/Reads.ts"
import type { LineChoice } from "../run/select/lineChoice.ts"

/** A piece of SQL with its values. */
interface Piece {
  readonly sql: string
  readonly values: ReadonlyArray<number | string>
}

/** Lines of a run after a place, in the order they were written. */
export const linesAfter = (run: number, after: number, { limit = -1, skip = 0, ...choice }: LineQuery): Piece => {
  const { sql, values } = lineTerms(run, choice)
  const which = `${sql} AND id > ? ORDER BY id LIMIT ? OFFSET ?`
  return {
    sql: `SELECT id, run, path, attempt, at, level, text, data FROM logs WHERE ${which}`,
    values: [...values, after, limit, skip]
  }
}

/** The terms of a choice, with their values. */
export const lineTerms = (run: number, { attempt, level, path, since, texts }: LineChoice): Piece => {
  const terms = [
    ["run = ?", run],
    ["path = ?", path],
    ["attempt = ?", attempt],
    ["level = ?", level],
    ["at >= ?", since]
  ] as const
  const given = terms.filter(([, value]) => value !== undefined)
  // Comparing bytes, as instr() does, is comparing signs: no sign begins within another one in UTF-8.
  const parts = texts?.map(() => "instr(text, ?) > 0")
  return {
    sql: [...given.map(([sql]) => sql), ...parts === undefined ? [] : [`(${parts.join(" OR ") || "0"})`]].join(" AND "),
    values: [...given.map(([, value]) => value!), ...texts?.map((it) => it.toWellFormed()) ?? []]
  }
}
