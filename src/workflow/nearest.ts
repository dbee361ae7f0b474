/** Which known name somebody may have meant. Pure. */

// Comparing against more names than this would cost more than the hint is worth.
const COMPARED_MAX = 2_000

// Two steps make any name of so few letters into any other.
const SHORT = 3

/**
 * The known name that is most like a wrong one, or `undefined` when none is like it: one that is like a short
 * wrong one is a single step away, and has a letter in common with it. Of two that are equally like it, the one
 * that begins as it does for longer is meant: the first letters are seldom wrong.
 */
export const nearest = (wrong: string, names: Iterable<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(2, Math.ceil(wrong.length / 3)) + 1
  let compared = 0
  for (const name of names) {
    if (++compared > COMPARED_MAX) break
    if (Math.abs(name.length - wrong.length) > least || name.length > 64) continue
    const steps = distance(wrong.toLowerCase(), name.toLowerCase())
    if (wrong.length <= SHORT && steps >= Math.min(2, Math.max(wrong.length, name.length))) continue
    if (steps < least || (best !== undefined && steps === least && isNearer(wrong, name, best))) {
      ;[best, least] = [name, steps]
    }
  }
  return best
}

const isNearer = (wrong: string, name: string, other: string): boolean => {
  const [more, less] = [commonStart(wrong, name), commonStart(wrong, other)]
  return more === less ? name < other : more > less
}

const commonStart = (a: string, b: string): number => {
  let at = 0
  while (at < a.length && a[at]?.toLowerCase() === b[at]?.toLowerCase()) at++
  return at
}

/** How many characters to add, drop, replace or swap with the next to get from one text to the other. */
const distance = (from: string, to: string): number => {
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwapped ? before[j - 2]! + 1 : Infinity
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1))
    }
    before = row
    row = next
  }
  return row[to.length]!
}
