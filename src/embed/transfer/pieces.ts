/**
 * All that is recorded of a run, read in pieces: a run may have more than memory, and far more than one text, can hold.
 *
 * Invariant: of the events as many are told as there were when it was asked, or it throws. Of the rest `checkThere`
 * says at the end whether it is all.
 */
import * as Effect from "effect/Effect"
import type { Engine } from "../../engine/Engine.ts"
import { type NodeRecord, nodes, withValues } from "../../engine/observe/observe.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { LogLine } from "../../journal/Journal.ts"
import type { Recorded } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"

/** Events that are read at once: each may hold a value as large as the limit of values. */
const mostEvents = 100
/** Lines of logs that are read at once. */
const mostLines = 1_000

/** An answer of storage. */
export const read = <A>(asked: Effect.Effect<A, JournalError>): Promise<A> => Effect.runPromise(asked)

const deletedMeanwhile = (id: string): Error => new Error(`Run "${id}" was deleted while it was exported. Try again`)

/** Throws where a run was deleted while it was read: what was read last may not be all. */
export const checkThere = async ({ host: { journal: { reads } } }: Engine, { id, key }: RunRow): Promise<void> => {
  if ((await read(reads.findRun(id)))?.key !== key) throw deletedMeanwhile(id)
}

/** The events of a run, the first `count` of them. Throws where the run is deleted meanwhile. */
export async function* eventsOf(
  { host: { journal: { reads } } }: Engine,
  { id, key }: RunRow,
  count: number
): AsyncGenerator<Recorded> {
  for (let seq = 0; seq < count; seq += mostEvents) {
    const wanted = Math.min(mostEvents, count - seq)
    const some = await read(reads.events(key, seq, wanted))
    if (some.length < wanted) throw deletedMeanwhile(id)
    yield* some
  }
}

/** The nodes of a run with their inputs and outputs, in the order they began. */
export async function* nodesOf(engine: Engine, { key }: RunRow): AsyncGenerator<NodeRecord> {
  const rows = await read(nodes(engine, key))
  for (let at = 0; at < rows.length; at += mostEvents / 2) {
    const some = rows.slice(at, at + mostEvents / 2)
    const seqs = some.flatMap(({ inputSeq, resultSeq }) => [inputSeq, resultSeq])
    yield* withValues(some, await read(engine.host.journal.reads.eventsAt(key, seqs)))
  }
}

/** The lines of the log of a run, the oldest first. */
export async function* logOf({ host: { journal: { reads } } }: Engine, { key }: RunRow): AsyncGenerator<LogLine> {
  for (let after = 0;;) {
    const some = await read(reads.logsAfter(key, after, { limit: mostLines }))
    for (const { id, ...line } of some) {
      after = id
      yield line
    }
    if (some.length < mostLines) return
  }
}

/** Values as lines of JSON, many together: a text for each line would cost more than the line. */
export async function* jsonLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  let text = ""
  for await (const value of values) {
    text += `${JSON.stringify(value)}\n`
    if (text.length < mostText) continue
    yield text
    text = ""
  }
  if (text !== "") yield text
}

const mostText = 65_536
