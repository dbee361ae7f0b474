/**
 * Names that live as long as somebody asks for them. The limit is part of the name, so that no row has to be kept and
 * nothing is left when the last request is gone. `~3/tenant/acme` is the key "acme" of "tenant", three at once.
 */

/** The name of one key with its limit; a family has no slash in its name. */
export const shortLived = (family: string, key: string, limit: number): string => `~${limit}/${family}/${key}`

/** The limit that a name says; `null` where it says none, which is then a row. */
export const limitIn = (name: string): number | null => {
  if (!isShortLived(name)) return null
  const limit = /^~(\d+)\//.exec(name)?.[1]
  return limit === undefined ? null : Number(limit)
}

/** Whether a name is of this kind, by its first sign: no other semaphore's begins with it. */
export const isShortLived = (name: string): boolean => name.charCodeAt(0) === tilde

const tilde = 126

/** A name as people read it: `tenant/acme`. */
export const plainName = (name: string): string => limitIn(name) === null ? name : name.replace(/^~\d+\//, "")

/** The family of a short-lived name, `undefined` for others. */
export const familyOf = (name: string): string | undefined =>
  isShortLived(name) ? /^~\d+\/([^/]*)\//.exec(name)?.[1] : undefined
