/** Takes an exported run into a state file, to be looked at: its events, logs and artifacts, under ids of this file. */
import { createReadStream } from "node:fs"
import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Readable } from "node:stream"
import * as Schema from "effect/Schema"
import type { ArtifactMover } from "../../engine/artifacts/ArtifactHost.ts"
import type { Engine } from "../../engine/Engine.ts"
import { RunExists } from "../../engine/EngineError.ts"
import type { Write } from "../../journal/Journal.ts"
import { savedRow } from "../../run/ArtifactRow.ts"
import { importedLabel } from "../../run/command.ts"
import type { Event, Recorded } from "../../run/Event.ts"
import { fold } from "../../run/evolve.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { ArtifactLine, EventLine, formatVersion, LogLineText, Manifest } from "./Archive.ts"

/** Imports a run and gives its row; it can be read, resubmitted and forked, but not retried. */
export const importRun = async (engine: Engine, file: string): Promise<RunRow> => {
  const mover = await engine.host.artifacts.mover()
  const directory = await mover.makeDirectory()
  try {
    const run = join(directory, "run")
    await mover.unpack(Readable.toWeb(createReadStream(resolve(file))) as never, run)
    return await takeIn(engine, mover, run)
  } finally {
    await mover.removeDirectory(directory)
  }
}

const takeIn = async (engine: Engine, mover: ArtifactMover, directory: string): Promise<RunRow> => {
  const { journal } = engine.host
  const manifest = Schema.decodeUnknownSync(Manifest)(JSON.parse(await readFile(join(directory, "run.json"), "utf8")))
  if (manifest.format !== formatVersion) {
    throw new Error(
      `This export has format ${manifest.format}, and this program knows ${formatVersion}: update the program`
    )
  }
  const message = `Cannot import run "${manifest.id}": this file has a run with that id`
  if (journal.findRun(manifest.id) !== undefined) throw new RunExists({ id: manifest.id, message })
  const key = journal.nextKey()
  const artifacts = await importArtifacts(engine, mover, directory, { key, id: manifest.id })
  const events = (await readLines(directory, "events", EventLine)).map((line) =>
    imported(line, manifest.id, artifacts.ids)
  )
  const rows = fold(events, key)
  if (!isTerminal(rows.run.phase)) throw new Error(`Run "${manifest.id}" has not ended in this export: it is damaged`)
  const logs = await readLines(directory, "logs", LogLineText)
  await append(engine, [
    { kind: "create", row: rows.run },
    ...manifest.plan === undefined
      ? []
      : [{ kind: "plan", digest: manifest.digest, workflow: manifest.workflow, json: manifest.plan } as const],
    ...events.map((event) => eventWrite(key, event)),
    ...[...rows.nodes.values()].map((row) => ({ kind: "node", row }) as const),
    ...logs.map((row) => ({ kind: "log", row: { ...row, run: key } }) as Write),
    ...artifacts.writes
  ])
  return rows.run
}

const append = ({ host: { journal } }: Engine, writes: ReadonlyArray<Write>): Promise<void> =>
  new Promise((done, fail) => {
    journal.append(writes, (error) => error === undefined ? done() : fail(error))
  })

const readLines = async <A>(
  directory: string,
  name: string,
  schema: Schema.Codec<A, unknown>
): Promise<ReadonlyArray<A>> => {
  const text = await readFile(join(directory, `${name}.ndjson`), "utf8")
  return text.split("\n").filter((line) => line !== "").map((line) =>
    Schema.decodeUnknownSync(schema)(JSON.parse(line))
  )
}

/** An event with ids of this file, that says where the run came from and forgets when it was to be deleted. */
const imported = (line: typeof EventLine.Type, run: string, ids: ReadonlyMap<string, string>): Recorded => {
  const text = JSON.stringify(line.event).replace(
    /"artifact":"([^"\\]+)"/g,
    (whole, id: string) => ids.has(id) ? `"artifact":"${ids.get(id)}"` : whole
  )
  const event = JSON.parse(text) as Event
  if (event.type === "RunCreated") {
    return { ...line, run, event: { ...event, labels: { ...event.labels, [importedLabel]: "true" } } }
  }
  if (event.type !== "RunFinished") return { ...line, run, event }
  const { deleteAt: _, ...rest } = event
  return { ...line, run, event: rest }
}

const eventWrite = (run: number, { at, event, seq }: Recorded): Write => ({
  kind: "event",
  row: { run, seq, at, type: event.type, path: "path" in event ? event.path : null, data: JSON.stringify(event) }
})

/** Bytes first: the rows are written with all others. */
const importArtifacts = async (
  { host }: Engine,
  mover: ArtifactMover,
  directory: string,
  run: { readonly key: number; readonly id: string }
): Promise<{ readonly ids: ReadonlyMap<string, string>; readonly writes: ReadonlyArray<Write> }> => {
  const { artifacts } = host.journal
  const place = host.artifacts.stores.get("default")!
  const store = mover.store(place)!
  const ids = new Map<string, string>()
  const writes: Array<Write> = []
  for (const [index, line] of (await readLines(directory, "artifacts", ArtifactLine)).entries()) {
    const artifact = artifacts.nextId()
    ids.set(line.artifact, artifact)
    if (!line.hasBytes) continue
    const key = `pinnace/${artifacts.file}/imported/${artifact}`
    await mover.copyIn(store, key, join(directory, "artifacts", String(index)), line)
    const { attempt, hasBytes: _, path, ...saved } = line
    const where = { run: run.key, runId: run.id, path, attempt, createdAt: host.now() }
    const row = savedRow({ ...saved, artifact, store: place, key, gc: "OnWorkflowDeletion" }, where)
    writes.push({ kind: "artifact", row })
  }
  return { ids, writes }
}
