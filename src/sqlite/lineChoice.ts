/** Which lines of a log are meant, as SQL: finds what the rule of `run/select/lineChoice.ts` finds. */
import type { LineChoice } from "../run/select/lineChoice.ts"

/** The terms of a choice, with their values. */
export const lineTerms = (
  run: number,
  { attempt, level, path, since, texts }: LineChoice
): { readonly sql: string; readonly values: ReadonlyArray<number | string> } => {
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
