/**
 * What was read of source files, kept in the state file for the processes that come later.
 *
 * Owns: the cells of a space. Does not own: what they say (`sources/Sources.ts`).
 * Invariant R11: there are at most 20,000 of them, of all machines together, since each container is a machine of its
 * own name; where more are read, what no longer was asked for goes.
 */
import * as Effect from "effect/Effect"
import { hostname } from "node:os"
import type { JournalShape, Write } from "../journal/Journal.ts"
import { noShelf, type Shelf } from "../reuse/Code.ts"

const most = 20_000

/** Writes of one append: a group of more would keep all others waiting. */
const piece = 500

const space = "sources"

/** What is kept in a journal; nothing where that cannot be read. Paths mean something on one machine only. */
export const sourceShelf = async ({ append, reads }: JournalShape, machine: string = hostname()): Promise<Shelf> => {
  const cells = await Effect.runPromise(Effect.orElseSucceed(reads.cells(space), () => undefined))
  if (cells === undefined) return noShelf
  const all = new Map(cells.map(({ data, key }) => [key, data]))
  const here = `${machine}:`
  const own = [...all].filter(([key]) => key.startsWith(here))
  let isRefused = false
  return {
    known: new Map(own.map(([key, data]) => [key.slice(here.length), data])),
    keep: (read) => {
      // Another process keeps the same files: the next one to open will find what that leaves.
      if (isRefused) return
      const named = new Map(Array.from(read, ([path, data]) => [`${here}${path}`, data]))
      for (const writes of kept(all, named)) append(writes, (error) => isRefused ||= error !== undefined)
    }
  }
}

/**
 * The writes for what was read, after which `known` is what there is. Any of the pieces may be refused: what is added
 * where no place is left comes with what goes for it, so that the others leave no more than there may be.
 */
const kept = (known: Map<string, string>, all: ReadonlyMap<string, string>): ReadonlyArray<ReadonlyArray<Write>> => {
  const read = [...all].slice(0, most)
  const fresh = read.filter(([key]) => !known.has(key))
  const free = Math.max(0, most - known.size)
  const asked = new Set(read.map(([key]) => key))
  const gone = fresh.length > free ? [...known.keys()].filter((key) => !asked.has(key)) : []
  const changed = read.filter(([key]) => known.has(key))
  const late = fresh.slice(free)
  const swapped = gone.flatMap((key, index) => [[key, null] as const, ...late.slice(index, index + 1)])
  const changes = [...fresh.slice(0, free), ...changed]
  const writes = (some: ReadonlyArray<readonly [string, string | null]>) =>
    some.map(([key, data]) => ({ kind: "cell", space, key, was: known.get(key) ?? null, data }) as const)
  const pieces = [...inPieces(changes), ...inPieces(swapped)].map(writes)
  for (const key of gone) known.delete(key)
  for (const [key, data] of read) known.set(key, data)
  return pieces
}

const inPieces = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / piece) }, (_, index) => all.slice(index * piece, (index + 1) * piece))
