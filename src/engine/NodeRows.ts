/**
 * The node rows of one live run, by path, in the order in which their nodes came.
 *
 * Of a large run nearly all nodes have ended, and nobody looks at them again before the run has. What is left of such a
 * row is five numbers: all else is as in a pattern, which nodes share that ended in the same way.
 * Owns: the rows. Invariant: what comes out is equal to what was put in.
 */
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"

/** How many patterns are kept: rows that are like none of them stay as they are. */
const most = 8

/** Numbers of a row: the two instants, the two events, its pattern. */
const width = 5
const rowsOfPage = 1024

/** Rows of a smaller run stay as they are: a page is as large as this many of them. */
const fewest = 256

/** The rows of a run. */
export class NodeRows implements ReadonlyMap<string, NodeRow> {
  /** Each row, or where its numbers stand. */
  readonly #rows = new Map<string, NodeRow | number>()
  readonly #patterns: Array<NodeRow> = []
  readonly #pages: Array<Float64Array> = []
  #packed = 0

  get size(): number {
    return this.#rows.size
  }

  has(path: string): boolean {
    return this.#rows.has(path)
  }

  get(path: string): NodeRow | undefined {
    const found = this.#rows.get(path)
    return typeof found === "number" ? this.#unpack(path, found) : found
  }

  /** Puts a row in the place of the one of its path. */
  set(path: string, row: NodeRow): void {
    const pattern = this.#rows.size < fewest ? -1 : this.#patternOf(row)
    this.#rows.set(path, pattern === -1 ? row : this.#pack(path, row, pattern))
  }

  *entries(): Generator<[string, NodeRow], undefined> {
    for (const [path, found] of this.#rows) yield [path, typeof found === "number" ? this.#unpack(path, found) : found]
  }

  *values(): Generator<NodeRow, undefined> {
    for (const [, row] of this.entries()) yield row
  }

  keys(): MapIterator<string> {
    return this.#rows.keys()
  }

  [Symbol.iterator](): Generator<[string, NodeRow], undefined> {
    return this.entries()
  }

  forEach(visit: (row: NodeRow, path: string, rows: ReadonlyMap<string, NodeRow>) => void): void {
    for (const [path, row] of this.entries()) visit(row, path, this)
  }

  /** The pattern of a row, or -1 for one that stays as it is: it is open, or says what no other says. */
  #patternOf(row: NodeRow): number {
    if (!isTerminal(row.phase) || row.message !== null || row.progress !== null) return -1
    for (let at = 0; at < this.#patterns.length; at++) if (isLike(row, this.#patterns[at]!)) return at
    return this.#patterns.length === most ? -1 : this.#patterns.push(row) - 1
  }

  #pack(path: string, row: NodeRow, pattern: number): number {
    const known = this.#rows.get(path)
    const index = typeof known === "number" ? known : this.#packed++
    const page = this.#pages[Math.floor(index / rowsOfPage)] ?? this.#addPage()
    const at = (index % rowsOfPage) * width
    page[at] = row.startedAt
    page[at + 1] = row.finishedAt
    page[at + 2] = row.inputSeq
    page[at + 3] = row.resultSeq
    page[at + 4] = pattern
    return index
  }

  #addPage(): Float64Array {
    const page = new Float64Array(rowsOfPage * width)
    this.#pages.push(page)
    return page
  }

  #unpack(path: string, index: number): NodeRow {
    const page = this.#pages[Math.floor(index / rowsOfPage)]!
    const at = (index % rowsOfPage) * width
    return {
      ...this.#patterns[page[at + 4]!]!,
      path,
      startedAt: page[at]!,
      finishedAt: page[at + 1]!,
      inputSeq: page[at + 2]!,
      resultSeq: page[at + 3]!
    }
  }
}

/** Whether two rows differ in nothing but their numbers and paths. Written out, as each node that ends is asked. */
const isLike = (row: NodeRow, other: NodeRow): boolean =>
  row.kind === other.kind && row.phase === other.phase && row.epoch === other.epoch && row.attempt === other.attempt &&
  row.attempts === other.attempts && row.base === other.base && row.reruns === other.reruns &&
  row.reason === other.reason && row.message === other.message && row.waiting === other.waiting &&
  row.until === other.until && row.progress === other.progress && row.signalSeq === other.signalSeq &&
  row.run === other.run
