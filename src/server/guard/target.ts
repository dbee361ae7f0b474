/**
 * What a path may hold. Names in it are keys that are looked up, and yet nothing that means a place on a disk is let
 * in.
 */

/** The longest target, in characters. */
const TARGET_MAX = 8_192

/** Why a target (path and query) is not looked at; `undefined` when it is. */
export const targetFault = (target: string): string | undefined => {
  if (!target.startsWith("/")) return "The target of a request is a path that begins with /"
  if (target.length > TARGET_MAX) return `The target of a request has at most ${TARGET_MAX} characters`
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f\\#]/.test(target)) return "The target of a request has a character that no URL has"
  const path = target.split("?", 1)[0]!
  if (/%(?![0-9a-f]{2})/i.test(path)) return "The path has a % that encodes nothing"
  if (/%(?:2f|5c|00)/i.test(path)) return "The path has an encoded slash, backslash or NUL"
  return path.split("/").map(decoded).some((it) => it === undefined || it === "." || it === "..")
    ? "The path has a part that cannot be read, or that is . or .."
    : undefined
}

/** A part of a path as it was meant; `undefined` when it is not UTF-8. */
export const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
