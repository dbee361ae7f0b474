/**
 * Names that live as long as somebody asks for them. The limit is part of the name, so that no row has to be kept and
 * nothing is left when the last request is gone. `~3/tenant/acme` is the key "acme" of "tenant", three at once.
 */

/** The name of one key with its limit. */
export const shortLived = (family: string, key: string, limit: number): string => `~${limit}/${family}/${key}`

/** The limit that a name says; `null` where it says none, which is then a row. */
export const limitIn = (name: string): number | null => {
  if (name.charCodeAt(0) !== tilde) return null
  const limit = /^~(\d+)\//.exec(name)?.[1]
  return limit === undefined ? null : Number(limit)
}

const tilde = 126

/** A name as people read it: `tenant/acme`. */
export const plainName = (name: string): string => limitIn(name) === null ? name : name.replace(/^~\d+\//, "")
