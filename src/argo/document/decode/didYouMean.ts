/** The name nearest to a wrong one, when it is near enough to be meant; else `undefined`. */
export const nearest = (wrong: string, names: Iterable<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(2, Math.floor(wrong.length / 3)) + 1
  for (const name of names) {
    const far = name.toLowerCase() === wrong.toLowerCase() ? 0 : distance(wrong, name, least)
    if (far < least) [best, least] = [name, far]
  }
  return best
}

/** `Did you mean "…"?`, or empty. */
export const didYouMean = (wrong: string, names: Iterable<string>): string => {
  const found = nearest(wrong, names)
  return found === undefined ? "" : `Did you mean "${found}"?`
}

/** How many letters have to be added, removed, replaced or swapped; `limit` when it is at least that. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit || a.length > 100) return limit
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same, swapped))
    }
    before = row
    row = next
  }
  return Math.min(limit, row[b.length]!)
}
