/** Writes an ended run, with its events, logs and artifacts, into one `.tgz` that another state file can take in. */
import { mkdir, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { ArtifactMover } from "../../engine/artifacts/ArtifactHost.ts"
import type { Engine } from "../../engine/Engine.ts"
import { Refused, RunNotFound } from "../../engine/EngineError.ts"
import { draftOf, dropDraft, keepDraft, writeDraft } from "../../files/mod.ts"
import { type ArtifactRow, isReadable } from "../../run/ArtifactRow.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { formatVersion, wholeText } from "./Archive.ts"
import { copyBytes } from "./artifactBytes.ts"
import { checkThere, eventsOf, jsonLines, logOf, read } from "./pieces.ts"

/** Exports a run to a file that must not exist yet; it appears as a whole or not at all. */
export const exportRun = async (engine: Engine, id: string, file: string): Promise<void> => {
  const row = await read(engine.host.journal.reads.findRun(id))
  if (row === undefined) throw RunNotFound.of(id)
  if (!isTerminal(row.phase)) {
    throw new Refused({
      run: id,
      verb: "export",
      message: `Cannot export run ${id}: it is ${row.phase}, wait for its end`
    })
  }
  const mover = await engine.host.artifacts.mover()
  const directory = await mover.makeDirectory()
  try {
    await writeRun(engine, mover, row, join(directory, "run"))
    await packInto(mover, join(directory, "run"), resolve(file))
  } finally {
    await mover.removeDirectory(directory)
  }
}

const writeRun = async (engine: Engine, mover: ArtifactMover, row: RunRow, directory: string): Promise<void> => {
  const { journal: { reads }, now } = engine.host
  const { digest, id, key, workflow } = row
  await mkdir(join(directory, "artifacts"), { recursive: true })
  const stored = await read(reads.plan(digest))
  const plan = stored === undefined ? undefined : wholeText(stored)
  const manifest = { format: formatVersion, id, workflow, digest, plan, exportedAt: now() }
  await writeFile(join(directory, "run.json"), JSON.stringify(manifest))
  const entry = (name: string, values: AsyncIterable<unknown>) => writeFile(join(directory, name), jsonLines(values))
  await entry("events.ndjson", bare(eventsOf(engine, row, await read(reads.lastSeq(key)))))
  await entry("logs.ndjson", bare(logOf(engine, row)))
  await entry("artifacts.ndjson", artifactsOf(engine, mover, row, join(directory, "artifacts")))
  await checkThere(engine, row)
}

/** Without the key of the run, which means nothing elsewhere. */
async function* bare(values: AsyncIterable<{ readonly run: unknown }>): AsyncGenerator<unknown> {
  for await (const { run: _, ...value } of values) yield value
}

/** The artifacts of a run, whose bytes are copied to a folder under the numbers of their lines. */
async function* artifactsOf(
  engine: Engine,
  mover: ArtifactMover,
  { key }: RunRow,
  folder: string
): AsyncGenerator<unknown> {
  const all = await read(engine.host.journal.reads.artifacts.list({ run: key, limit: Infinity }))
  for (const [index, row] of all.entries()) {
    const copied = isReadable(row) ? await copyBytes(engine, mover, row, join(folder, String(index))) : {}
    yield { ...toLine(row), ...copied }
  }
}

const toLine = (row: ArtifactRow) => {
  const { archive, artifact, attempt, kind, mediaType, name, path, sha256, size } = row
  return { artifact, name, kind, archive, size, sha256, mediaType, path, attempt, hasBytes: isReadable(row) }
}

const packInto = async (mover: ArtifactMover, directory: string, file: string): Promise<void> => {
  const draft = draftOf(file)
  try {
    // First: where it cannot be written nothing may be read, whose failure nobody would hear.
    const to = writeDraft(draft)
    await pipeline(Readable.fromWeb(mover.pack(directory) as never), to)
    if (!keepDraft(draft, file)) {
      throw Object.assign(new Error(`${file} exists`), { code: "EEXIST", path: file, syscall: "link" })
    }
  } catch (error) {
    // Who asked knows nothing of a draft.
    throw error instanceof Error && "path" in error ? Object.assign(error, { path: file }) : error
  } finally {
    dropDraft(draft)
  }
}
