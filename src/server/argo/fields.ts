/**
 * `fields=items.metadata.name,items.status.phase`, or with `-` first what is left out. As Argo does it: a key is kept
 * when its path is in the list, or is the beginning of one as text; what is beneath a listed path is kept whole; lists
 * do not count as a level. Pure.
 */

/** What is wanted of an answer. */
export interface Fields {
  readonly paths: ReadonlyArray<string>
  readonly excludes: boolean
}

/** Reads the text of a query; `undefined` is everything. */
export const fieldsOf = (text: string | null): Fields | undefined => {
  if (text === null || text === "") return undefined
  const excludes = text.startsWith("-")
  return { excludes, paths: (excludes ? text.slice(1) : text).split(",").map((it) => it.trim()) }
}

/** Whether anything of a path is wanted. */
export const wants = (fields: Fields | undefined, path: string): boolean => {
  if (fields === undefined) return true
  const { excludes, paths } = fields
  if (excludes) return !paths.some((it) => path === it || path.startsWith(`${it}.`))
  return paths.some((it) => it.startsWith(path) || path === it || path.startsWith(`${it}.`))
}

/** What is wanted of a value. */
export const picked = (value: unknown, fields: Fields | undefined): unknown =>
  fields === undefined ? value : pick(value, fields, "")

const pick = (value: unknown, fields: Fields, at: string): unknown => {
  if (Array.isArray(value)) return value.map((it) => pick(it, fields, at))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const path = at === "" ? key : `${at}.${key}`
      if (!wants(fields, path)) return []
      return [[key, !fields.excludes && fields.paths.includes(path) ? inner : pick(inner, fields, path)]]
    })
  )
}
