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
      append(kept(all, named), (error) => isRefused ||= error !== undefined)
    }
  }
}

/** The writes for what was read, after which `known` is what there is. */
const kept = (known: Map<string, string>, all: ReadonlyMap<string, string>): ReadonlyArray<Write> => {
  const read = new Map([...all].slice(0, most))
  const isFull = known.size + read.size > most
  const gone = isFull ? [...known.keys()].filter((key) => !read.has(key)) : []
  const changes = [...gone.map((key) => [key, null] as const), ...read]
  const writes = changes.map(([key, data]) =>
    ({ kind: "cell", space, key, was: known.get(key) ?? null, data }) as const
  )
  for (const key of gone) known.delete(key)
  for (const [key, data] of read) known.set(key, data)
  return writes
}
