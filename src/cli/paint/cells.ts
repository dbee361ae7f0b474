/** A line of a timeline as cells, each with a letter for what fills most of it. Pure. */
import { type Doing, kinds, type Stretch } from "../../view/timeline.ts"

const full: Readonly<Record<Doing, readonly [utf8: string, ascii: string]>> = {
  running: ["█", "#"],
  permit: ["▒", "P"],
  retry: ["╌", "r"],
  waiting: ["░", "."],
  gone: ["╳", "x"]
}

/** The letter that stands for a kind of stretch. */
export const letterOf = (doing: Doing, utf8: boolean): string => full[doing][utf8 ? 0 : 1]

/** What each of a number of cells between two instants shows: the kind that fills most of it. */
export const cellsOf = (
  stretches: ReadonlyArray<Stretch>,
  from: number,
  to: number,
  count: number
): ReadonlyArray<Doing | undefined> => {
  const size = Math.max(1, to - from) / count
  const sums = Array.from({ length: count }, () => new Map<Doing, number>())
  for (const stretch of stretches) {
    const first = Math.max(0, Math.floor((stretch.from - from) / size))
    const last = Math.min(count - 1, Math.floor((stretch.to - from - 1e-9) / size))
    for (let at = first; at <= last; at++) {
      const overlap = Math.min(stretch.to, from + (at + 1) * size) - Math.max(stretch.from, from + at * size)
      sums[at]!.set(stretch.doing, (sums[at]!.get(stretch.doing) ?? 0) + overlap)
    }
  }
  return sums.map((sum) =>
    kinds.reduce<Doing | undefined>(
      (best, kind) => sum.has(kind) && (best === undefined || sum.get(kind)! > sum.get(best)!) ? kind : best,
      undefined
    )
  )
}
