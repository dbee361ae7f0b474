/**
 * Node paths: the identity of a node inside its run. A path is
 * built from where a node stands, never from time or call order.
 *
 * Grammar: `a/b` node b of composite a · `a#2/b` the same in attempt 2 of a · `m[key]` an item of map m · `x.onExit`
 * the exit handler of x · `x.hooks.failed` a hook of x · `x.compensate` what undoes x. The run itself is the empty
 * path, so its handler is `.onExit`.
 * Marks are told from text because `escape` leaves none of them in names and keys.
 */
import { createHash } from "node:crypto"

/** The longest name or key, in UTF-16 units after escaping; a longer one keeps its beginning and ends in a hash. */
export const SEGMENT_MAX = 512

const PLAIN = /^[\w-]+$/
const MARKS = /[/[\]()#%\p{Cc}]|^\.|\.(?=onExit|hooks\.|compensate)|\p{Cs}/gu
const TAIL = "%~"

const percent = (mark: string): string => {
  const code = mark.charCodeAt(0)
  return code > 0xff ? `%u${code.toString(16)}` : `%${code.toString(16).padStart(2, "0")}`
}

const shorten = (text: string): string => {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32)
  const head = text.slice(0, SEGMENT_MAX - TAIL.length - hash.length)
  return (/[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head) + TAIL + hash
}

/** Makes any text safe as a name or key: different texts stay different, and no mark of the grammar is left. */
const escape = (text: string): string => {
  if (text.length <= SEGMENT_MAX && PLAIN.test(text)) return text
  if (text === "") return "%"
  const escaped = text.replace(MARKS, percent)
  return escaped.length > SEGMENT_MAX ? shorten(escaped) : escaped
}

/**
 * The path of the node `name` directly beneath `parent`; the run is
 * `""`. Pass `attempt(path, n)` as parent for attempts after the first.
 */
export const child = (parent: string, name: string): string =>
  parent === "" ? escape(name) : `${parent}/${escape(name)}`

/** The path of one item of a map. */
export const item = (path: string, key: string): string => `${path}[${key === "" ? "" : escape(key)}]`

/** The prefix beneath which attempt `n` (from 1) of a composite has its children; the first attempt has no mark. */
export const attempt = (path: string, n: number): string => n <= 1 ? path : `${path}#${n}`

/** The path of the exit handler of a node, or of the run for `""`. */
export const onExit = (path: string): string => `${path}.onExit`

/** The path of a hook of a node, or of the run for `""`. */
export const hook = (path: string, name: string): string => `${path}.hooks.${name}`

const withoutMark = (path: string): string => path.includes("#") ? path.replace(/#\d+$/, "") : path

/** The path of what undoes a node. */
export const compensate = (path: string): string => `${path}.compensate`

/** The node that a compensation undoes. */
export const undoneBy = (path: string): string => path.slice(0, path.length - compensate("").length)

const handlerAt = (path: string): number =>
  Math.max(path.lastIndexOf(".onExit"), path.lastIndexOf(".hooks."), path.lastIndexOf(".compensate"))

/** What a node hangs beneath, attempt mark kept (`a#2/b` gives `a#2`); `null` for the run. */
export const holder = (path: string): string | null => {
  if (path === "") return null
  const own = withoutMark(path)
  if (own.endsWith("]")) return own.slice(0, own.lastIndexOf("["))
  const slash = own.lastIndexOf("/")
  const handler = handlerAt(own)
  if (handler > slash) return own.slice(0, handler)
  return slash < 0 ? "" : own.slice(0, slash)
}

/** The node above: a composite for its children, a map for its items, a node for its handlers; `null` for the run. */
export const parent = (path: string): string | null => {
  const above = holder(path)
  return above === null ? null : withoutMark(above)
}

/** All above a node, the nearest first, the run excepted. */
export const aboveOf = (path: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let at = parent(path); at !== null && at !== ""; at = parent(at)) found.push(at)
  return found
}

/** Whether the path is, or lies beneath, an exit handler, a hook or a compensation. */
export const isHandler = (path: string): boolean =>
  path.includes(".onExit") || path.includes(".hooks.") || path.includes(".compensate")

/** Whether the path is itself an exit handler, a hook or a compensation. */
export const isHandlerRoot = (path: string): boolean => handlerAt(path) > path.lastIndexOf("/")

/** Whether the path is an item of a map. */
export const isItem = (path: string): boolean => withoutMark(path).endsWith("]")

/** Whether a node lies beneath another one, in any of its attempts; items and handlers count. */
export const isBeneath = (path: string, above: string): boolean =>
  path.startsWith(above) && /^(?:#\d+)?(?:\/|\[|\.onExit|\.hooks\.|\.compensate)/.test(path.slice(above.length))

/** The path without attempt marks: the same for all attempts. */
export const baseOf = (path: string): string => path.includes("#") ? path.replace(/#\d+/g, "") : path

/** How many nodes lie above, the run included: 0 for the run, 1 for its nodes and handlers. */
export const depth = (path: string): number => {
  const marks = path.match(/\/|\[|\.onExit|\.hooks\.|\.compensate/g)?.length ?? 0
  return path === "" || path.startsWith(".") ? marks : marks + 1
}
