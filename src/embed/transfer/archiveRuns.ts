/**
 * Writes ended runs as lines of JSON into one file, to be kept and asked once the runs are deleted.
 *
 * Invariant: the file has its name only once it is complete, on the disk, and was read back as it was written.
 */
import { createHash, type Hash } from "node:crypto"
import { createReadStream, statSync } from "node:fs"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import type { Engine } from "../../engine/Engine.ts"
import type { Recorded } from "../../run/Event.ts"
import { draftOf, dropDraft, keepDraft, writeDraft } from "../../files/mod.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { logView, nodeView, runView } from "../../run/view.ts"
import { checkThere, eventsOf, jsonLines, logOf, nodesOf, read } from "./pieces.ts"

/** The version of the lines. */
const format = 1

/** A run that is in an archive, and how many of its events are. */
export interface ArchivedRun {
  readonly id: string
  readonly events: number
}

/** What was written. */
export interface RunsArchive {
  readonly runs: ReadonlyArray<ArchivedRun>
  /** Bytes of the file. */
  readonly size: number
}

/**
 * Writes runs to a file that must not exist yet, packed by gzip where its name ends in `.gz`. Of runs that have not
 * ended, or are gone by now, nothing is written.
 */
export const archiveRuns = async (engine: Engine, ids: ReadonlyArray<string>, file: string): Promise<RunsArchive> => {
  const draft = draftOf(file)
  const runs: Array<ArchivedRun> = []
  const [written, back] = [createHash("sha256"), createHash("sha256")]
  const isPacked = file.endsWith(".gz")
  try {
    const target = writeDraft(draft)
    const lines = hashed(jsonLines(valuesOf(engine, ids, runs)), written)
    await (isPacked ? pipeline(lines, createGzip(), target) : pipeline(lines, target))
    const source = createReadStream(draft)
    const sink = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of bytes) back.update(piece)
    }
    await (isPacked ? pipeline(source, createGunzip(), sink) : pipeline(source, sink))
    if (back.digest("hex") !== written.digest("hex")) {
      throw new Error(`${file} cannot be read back`)
    }
    if (!keepDraft(draft, file)) throw new Error(`${file} exists`)
    return { runs, size: statSync(file).size }
  } finally {
    dropDraft(draft)
  }
}

async function* hashed(lines: AsyncIterable<string>, hash: Hash): AsyncGenerator<string> {
  for await (const text of lines) {
    hash.update(text)
    yield text
  }
}

async function* valuesOf(
  engine: Engine,
  ids: ReadonlyArray<string>,
  done: Array<ArchivedRun>
): AsyncGenerator<unknown> {
  let many = 1
  yield { record: "archive", format, at: engine.host.now() }
  for (const id of ids) {
    const run = await read(engine.host.journal.reads.findRun(id))
    if (run === undefined || !isTerminal(run.phase)) continue
    // Whoever deletes it looks whether there are more by then.
    const events = await read(engine.host.journal.reads.lastSeq(run.key))
    for await (const value of recordsOf(engine, run, events)) {
      many++
      yield value
    }
    done.push({ id, events })
  }
  yield { record: "end", runs: done.length, lines: many + 1 }
}

/** All that is known of an ended run. */
async function* recordsOf(engine: Engine, row: RunRow, events: number): AsyncGenerator<unknown> {
  const { artifacts, eventsAt } = engine.host.journal.reads
  const named = (record: string, value: object) => ({ record, run: row.id, ...value })
  const { cursor: _, ...run } = runView(row)
  yield { record: "run", ...run, ...valuesOfRun(await read(eventsAt(row.key, [row.inputSeq, row.resultSeq])), row) }
  for await (const node of nodesOf(engine, row)) yield named("node", nodeView(node))
  for await (const { run: _, ...event } of eventsOf(engine, row, events)) yield named("event", event)
  for await (const line of logOf(engine, row)) yield named("log", logView(line))
  for (
    const { key, name, path, sha256, size, store } of await read(artifacts.list({ run: row.key, limit: Infinity }))
  ) yield named("artifact", { path, name, size, sha256, store, key })
  await checkThere(engine, row)
}

const valuesOfRun = (recorded: ReadonlyArray<Recorded>, { inputSeq, resultSeq }: RunRow) => {
  const [began, ended] = [inputSeq, resultSeq].map((seq) => recorded.find((it) => it.seq === seq)?.event)
  const { error, output } = ended !== undefined && "ending" in ended ? ended.ending : {}
  return { input: began !== undefined && "input" in began ? began.input : undefined, output, error }
}
