/** Which open nodes lie beneath a path, the deepest first: the order in which they must end. */
import { isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

/**
 * Paths of open nodes strictly beneath `path` (its own handlers are
 * not; all nodes for the empty path), deepest first, then by path.
 */
export const openBeneath = (rows: Iterable<NodeRow>, path: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  for (const row of rows) if (!isTerminal(row.phase) && liesBeneath(row.path, path)) open.push(row.path)
  return open.sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1))
}

/**
 * Whether a path lies strictly beneath another one: in any of
 * its attempts, or among its items; its own handlers do not.
 */
export const liesBeneath = (path: string, ancestor: string): boolean => {
  if (ancestor === "") return true
  if (!path.startsWith(ancestor) || path.length === ancestor.length) return false
  return "/[#".includes(path[ancestor.length]!)
}

const depth = (path: string): number => {
  let count = 0
  for (const char of path) if (char === "/" || char === "[") count++
  return count
}
