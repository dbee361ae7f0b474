/** Which strings are keys: the same rule for every store, so that what one takes all take. */

/** Bytes of UTF-8 that a key may have: the bound of S3. */
export const keyBytes = 1_024

const drive = /^[A-Za-z]:(\/|$)/
// Control characters and the two non-characters cannot be written in XML, in which S3 lists keys.
// deno-lint-ignore no-control-regex
const unwritable = /[\u0000-\u001f\u007f\ufffe\uffff]/
const encoder = new TextEncoder()

/** Why a string cannot be a key, as a sentence that follows a colon; undefined when it can. */
export const keyProblem = (key: string): string | undefined => {
  if (key === "") return "the key is empty"
  if (!key.isWellFormed()) return "the key is not well-formed Unicode"
  if (unwritable.test(key)) return "the key holds a control character"
  if (key.includes("\\")) return "the key holds a backslash; use / between segments"
  if (key.startsWith("/") || drive.test(key)) return "the key is absolute; begin it with a name"
  if (encoder.encode(key).length > keyBytes) return `the key is longer than ${keyBytes} bytes of UTF-8`
  return key.split("/").map(segmentProblem).find((it) => it !== undefined)
}

const segmentProblem = (segment: string): string | undefined => {
  if (segment === "") return "the key has an empty segment"
  return segment === "." || segment === ".." ? `the key has a segment ${segment}` : undefined
}

/** Why a string cannot be the beginning of keys; undefined when it can. The empty prefix is that of all keys. */
export const prefixProblem = (prefix: string): string | undefined =>
  prefix === "" ? undefined : keyProblem(`${prefix}${prefix.endsWith("/") ? "x" : ""}`)
