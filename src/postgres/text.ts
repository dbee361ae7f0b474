// deno-lint-ignore-file no-control-regex -- the control characters are what this is about
/**
 * Text that PostgreSQL cannot hold: the character NUL and halves of surrogate pairs. A state file holds both, so they
 * travel behind an escape, the character SUB, which stands for itself when it is doubled.
 */

const sub = "\u001a"

/** Whether JSON text tells of such characters; JSON writes all three as escapes. */
const isOdd = (json: string): boolean =>
  json.includes("\\u0000") || json.includes("\\u001a") || json.includes("\\ud") || json.includes("\\uD")

const escapes = /\\(?:u([0-9a-fA-F]{4})|[^u])/g

/** JSON text as it can be sent. */
export const sendable = (json: string): string =>
  isOdd(json)
    ? json.replace(escapes, (escape, hex: string | undefined) => hex === undefined ? escape : replaced(escape, hex))
    : json

const replaced = (escape: string, hex: string): string => {
  const code = Number.parseInt(hex, 16)
  if (code === 0x1a) return "\\u001a\\u001a"
  return code === 0 || code >= 0xd800 && code <= 0xdfff ? `\\u001a${hex.toLowerCase()}` : escape
}

/** A string as it can be sent. */
export const sendableText = (text: string): string => JSON.parse(sendable(JSON.stringify(text))) as string

/** A string as it was before it was sent. */
export const received = (text: string): string =>
  text.includes(sub)
    ? text.replace(
      /\u001a(?:\u001a|([0-9a-f]{4}))/g,
      (_, hex: string | undefined) => hex === undefined ? sub : String.fromCharCode(Number.parseInt(hex, 16))
    )
    : text

/** The value of JSON text that was sent. */
export const receivedJson = (json: string): unknown =>
  json.includes("\\u001a") || json.includes(sub)
    ? JSON.parse(json, (_, value) => typeof value === "string" ? received(value) : value)
    : JSON.parse(json)

const odd = /[\0\u001a\ud800-\udfff]/

/** A value of a statement as it can be sent. */
export const sendableValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sendableValue)
  return typeof value === "string" && odd.test(value) ? sendableText(value) : value
}
