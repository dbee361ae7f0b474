/** What differs between two texts, line by line. Pure. */

/** A line of either text, or of both. */
export interface Line {
  readonly sign: "−" | "+" | " "
  readonly text: string
}

/** More pairs of lines than this are not compared: then all lines between differ. */
const mostPairs = 4_000_000

/** The lines of both texts in their order; what is in both stands once. */
export const lineDiff = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): ReadonlyArray<Line> => {
  let begin = 0
  while (begin < left.length && begin < right.length && left[begin] === right[begin]) begin++
  let end = 0
  while (end < Math.min(left.length, right.length) - begin && left.at(-1 - end) === right.at(-1 - end)) end++
  const same = (lines: ReadonlyArray<string>): ReadonlyArray<Line> => lines.map((text) => ({ sign: " ", text }))
  return [
    ...same(left.slice(0, begin)),
    ...middle(left.slice(begin, left.length - end), right.slice(begin, right.length - end)),
    ...same(left.slice(left.length - end))
  ]
}

const middle = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<Line> => {
  const common = a.length * b.length > mostPairs ? undefined : lengths(a, b)
  const found: Array<Line> = []
  const wide = b.length + 1
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && common !== undefined && a[i] === b[j]) {
      found.push({ sign: " ", text: a[i++]! })
      j++
    } else if (
      i < a.length && (j === b.length || (common?.[(i + 1) * wide + j] ?? 1) >= (common?.[i * wide + j + 1] ?? 0))
    ) {
      found.push({ sign: "−", text: a[i++]! })
    } else found.push({ sign: "+", text: b[j++]! })
  }
  return found
}

/** How many lines the rests have in common, from each place on. */
const lengths = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): Uint32Array => {
  const wide = b.length + 1
  const common = new Uint32Array((a.length + 1) * wide)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * wide + j] = a[i] === b[j]
        ? common[(i + 1) * wide + j + 1]! + 1
        : Math.max(common[(i + 1) * wide + j]!, common[i * wide + j + 1]!)
    }
  }
  return common
}

/** A piece of the lines that shows what differs, after how many that are left out. */
export interface Hunk {
  readonly skipped: number
  readonly lines: ReadonlyArray<Line>
}

/** What differs, with as many lines around it as are asked for. */
export const hunksOf = (lines: ReadonlyArray<Line>, around: number): ReadonlyArray<Hunk> => {
  const isNear = lines.map(() => false)
  lines.forEach(({ sign }, at) => {
    if (sign === " ") return
    for (let near = Math.max(0, at - around); near <= Math.min(lines.length - 1, at + around); near++) {
      isNear[near] = true
    }
  })
  const hunks: Array<{ skipped: number; lines: Array<Line> }> = []
  let skipped = 0
  lines.forEach((line, at) => {
    if (isNear[at] !== true) return void skipped++
    if (at === 0 || isNear[at - 1] !== true) hunks.push({ skipped, lines: [] })
    hunks.at(-1)!.lines.push(line)
    skipped = 0
  })
  return hunks
}
