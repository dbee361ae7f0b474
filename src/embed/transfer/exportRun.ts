/** Writes an ended run, with its events, logs and artifacts, into one `.tgz` that another state file can take in. */
import { createWriteStream } from "node:fs"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import process from "node:process"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import * as Effect from "effect/Effect"
import type { ArtifactMover } from "../../engine/artifacts/ArtifactHost.ts"
import type { Engine } from "../../engine/Engine.ts"
import { Refused, RunNotFound } from "../../engine/EngineError.ts"
import { type ArtifactRow, isReadable } from "../../run/ArtifactRow.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { formatVersion } from "./Archive.ts"
import { copyBytes } from "./artifactBytes.ts"

/** Exports a run to a file that must not exist yet; it appears as a whole or not at all. */
export const exportRun = async (engine: Engine, id: string, file: string): Promise<void> => {
  const row = await Effect.runPromise(engine.host.journal.reads.findRun(id))
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
  const plan = await Effect.runPromise(reads.plan(digest))
  const manifest = { format: formatVersion, id, workflow, digest, plan, exportedAt: now() }
  await writeFile(join(directory, "run.json"), JSON.stringify(manifest))
  const events = await Effect.runPromise(reads.events(key, 0))
  await writeFile(join(directory, "events.ndjson"), lines(events.map(({ run: _, ...line }) => line)))
  const logs = await Effect.runPromise(reads.logs(key))
  await writeFile(join(directory, "logs.ndjson"), lines(logs.map(({ run: _, ...line }) => line)))
  const artifacts: Array<unknown> = []
  for (const row of await Effect.runPromise(reads.artifacts.list({ run: key, limit: Infinity }))) {
    const to = join(directory, "artifacts", String(artifacts.length))
    artifacts.push({ ...toLine(row), ...(isReadable(row) ? await copyBytes(engine, mover, row, to) : {}) })
  }
  await writeFile(join(directory, "artifacts.ndjson"), lines(artifacts))
}

const lines = (values: ReadonlyArray<unknown>): string => values.map((value) => `${JSON.stringify(value)}\n`).join("")

const toLine = (row: ArtifactRow) => {
  const { archive, artifact, attempt, kind, mediaType, name, path, sha256, size } = row
  return { artifact, name, kind, archive, size, sha256, mediaType, path, attempt, hasBytes: isReadable(row) }
}

const packInto = async (mover: ArtifactMover, directory: string, file: string): Promise<void> => {
  const draft = `${file}.${process.pid}.part`
  try {
    await pipeline(Readable.fromWeb(mover.pack(directory) as never), createWriteStream(draft, { flags: "wx" }))
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    // Who asked knows nothing of a draft.
    throw error instanceof Error && "path" in error ? Object.assign(error, { path: file }) : error
  }
}
