/**
 * Writes ended runs as lines of JSON into one file, to be kept and asked once the runs are deleted.
 *
 * Invariant: the file has its name only once it is complete, on the disk, and was read back as it was written.
 */
import { createHash, type Hash } from "node:crypto"
import { createReadStream, createWriteStream, existsSync, rmSync, statSync } from "node:fs"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import * as Effect from "effect/Effect"
import type { Engine } from "../../engine/Engine.ts"
import { nodes } from "../../engine/observe/observe.ts"
import type { Recorded } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { logView, nodeView, runView } from "../../run/view.ts"
import { named, partialOf, removeLeft, synced } from "../../sqlite/copy.ts"

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
  removeLeft(file)
  const draft = partialOf(file)
  const runs: Array<ArchivedRun> = []
  const [written, read] = [createHash("sha256"), createHash("sha256")]
  const isPacked = file.endsWith(".gz")
  try {
    const target = createWriteStream(draft, { flags: "wx", mode: 0o600 })
    const lines = hashed(linesOf(engine, ids, runs), written)
    await (isPacked ? pipeline(lines, createGzip(), target) : pipeline(lines, target))
    synced(draft)
    const source = createReadStream(draft)
    const sink = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of bytes) read.update(piece)
    }
    await (isPacked ? pipeline(source, createGunzip(), sink) : pipeline(source, sink))
    if (read.digest("hex") !== written.digest("hex")) {
      throw new Error(`${file} cannot be read back`)
    }
    if (existsSync(file) || !named(draft, file)) throw new Error(`${file} exists`)
    return { runs, size: statSync(file).size }
  } finally {
    rmSync(draft, { force: true })
  }
}

async function* hashed(lines: AsyncIterable<string>, hash: Hash): AsyncGenerator<string> {
  for await (const text of lines) {
    hash.update(text)
    yield text
  }
}

async function* linesOf(engine: Engine, ids: ReadonlyArray<string>, done: Array<ArchivedRun>): AsyncGenerator<string> {
  let many = 0
  const text = (values: ReadonlyArray<unknown>): string => {
    many += values.length
    return values.map((value) => `${JSON.stringify(value)}\n`).join("")
  }
  yield text([{ record: "archive", format, at: engine.host.now() }])
  for (const id of ids) {
    const records = await recordsOf(engine, id)
    if (records === undefined) continue
    done.push({ id, events: records.events })
    yield text(records.lines)
  }
  yield text([{ record: "end", runs: done.length, lines: many + 1 }])
}

/** All that is known of an ended run. The events are read first: whoever deletes it looks whether there are more. */
const recordsOf = (engine: Engine, id: string) =>
  Effect.runPromise(Effect.gen(function* () {
    const { artifacts, events, findRun, logs } = engine.host.journal.reads
    const row = yield* findRun(id)
    if (row === undefined || !isTerminal(row.phase)) return undefined
    const recorded = yield* events(row.key, 0)
    const { cursor: _, ...run } = runView(row)
    const named = (record: string) => (value: object) => ({ record, run: id, ...value })
    const lines = [
      { record: "run", ...run, ...valuesOf(recorded, row) },
      ...(yield* nodes(engine, row.key, { values: true })).map(nodeView).map(named("node")),
      ...recorded.map(({ run: _, ...line }) => line).map(named("event")),
      ...(yield* logs(row.key)).map(logView).map(named("log")),
      ...(yield* artifacts.list({ run: row.key, limit: Infinity })).map(({ name, path, size, sha256, store, key }) =>
        named("artifact")({ path, name, size, sha256, store, key })
      )
    ]
    return { events: recorded.length, lines }
  }))

const valuesOf = (recorded: ReadonlyArray<Recorded>, { inputSeq, resultSeq }: RunRow) => {
  const [began, ended] = [recorded[inputSeq - 1]?.event, recorded[resultSeq - 1]?.event]
  const { error, output } = ended !== undefined && "ending" in ended ? ended.ending : {}
  return { input: began !== undefined && "input" in began ? began.input : undefined, output, error }
}
