/** Takes an exported run into a state file, to be looked at: its events, logs and artifacts, under ids of this file. */
import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Readable } from "node:stream"
import * as Effect from "effect/Effect"
import { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactMover } from "../../engine/artifacts/ArtifactHost.ts"
import type { Engine } from "../../engine/Engine.ts"
import { RunExists } from "../../engine/EngineError.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Write } from "../../journal/Journal.ts"
import { type ArtifactRow, savedRow } from "../../run/ArtifactRow.ts"
import type { Recorded } from "../../run/Event.ts"
import { fold } from "../../run/evolve.ts"
import type { RunRow } from "../../run/State.ts"
import { adopted, adoptedDigest } from "./adopt.ts"
import { badArchive, EntryFault } from "./BadArchive.ts"
import { type ArchivedRun, bytesOf, readArchive } from "./readArchive.ts"

/**
 * Imports a run and gives its row; it can be read, resubmitted and forked, but not retried. Rejects with `BadArchive`.
 */
export const importRun = async (engine: Engine, file: string): Promise<RunRow> => {
  await stat(file)
  const mover = await engine.host.artifacts.mover()
  const directory = await mover.makeDirectory()
  try {
    const run = join(directory, "run")
    await unpack(mover, file, run)
    return await takeIn(engine, mover, run)
  } catch (error) {
    throw error instanceof EntryFault ? badArchive(file, error.entry, error.message) : error
  } finally {
    await mover.removeDirectory(directory)
  }
}

const unpack = async (mover: ArtifactMover, file: string, directory: string): Promise<void> => {
  try {
    await mover.unpack(Readable.toWeb(createReadStream(resolve(file))) as never, directory)
  } catch (error) {
    if (!(error instanceof ArtifactError) || !faultsOfArchives.has(error.reason)) throw error
    const problem = error.message.replace(/^Cannot \S+ ".*?" \(.*?\): /, "").replace(/\.$/, "")
    const isWhole = error.key === "" || error.key === directory
    if (isWhole) throw new EntryFault("", `it is not a run that \`export\` wrote (${problem})`, { cause: error })
    throw new EntryFault(JSON.stringify(error.key), problem, { cause: error })
  }
}

const faultsOfArchives = new Set(["Corrupt", "Unsafe", "Unsupported", "TooLarge", "NotFound", "Exists", "InvalidKey"])

const takeIn = async (engine: Engine, mover: ArtifactMover, directory: string): Promise<RunRow> => {
  const { journal } = engine.host
  const archived = await readArchive(directory)
  const { id, plan, workflow } = archived.manifest
  if (await Effect.runPromise(journal.reads.findRun(id)) !== undefined) throw taken(id)
  const digest = adoptedDigest(archived.manifest.digest, plan)
  const key = journal.nextKey()
  const artifacts = newArtifacts(engine, archived, key)
  const events = archived.events.map((event) => adopted(event, { digest, ids: artifacts.ids }))
  const rows = fold(events, key)
  await withBytes(engine, mover, directory, artifacts.rows, () =>
    append(engine, id, [
      { kind: "create", row: rows.run },
      ...plan === undefined ? [] : [{ kind: "plan", digest, workflow, json: plan } as const],
      ...events.map((event) => eventWrite(key, event)),
      ...[...rows.nodes.values()].map((row) => ({ kind: "node", row }) as const),
      ...archived.logs.map((row) => ({ kind: "log", row: { ...row, run: key } }) as const),
      ...artifacts.rows.map(({ row }) => ({ kind: "artifact", row }) as const)
    ]))
  return rows.run
}

const taken = (id: string): RunExists =>
  new RunExists({ id, message: `Cannot import run "${id}": this file has a run with that id` })

const append = ({ host: { journal } }: Engine, id: string, writes: ReadonlyArray<Write>): Promise<void> =>
  new Promise((done, fail) => {
    const settle = (error: JournalError | undefined): void => {
      if (error === undefined) done()
      else fail(error.reason === "Exists" ? taken(id) : error)
    }
    journal.append(writes, settle)
  })

const eventWrite = (run: number, { at, event, seq }: Recorded): Write => ({
  kind: "event",
  row: { run, seq, at, type: event.type, path: "path" in event ? event.path : null, data: JSON.stringify(event) }
})

/** The row of an artifact whose bytes are in the archive, and where. */
interface NewArtifact {
  readonly row: ArtifactRow
  readonly from: string
}

/** Ids for all artifacts, and rows for those with bytes. */
const newArtifacts = (
  { host }: Engine,
  { artifacts, manifest }: ArchivedRun,
  run: number
): { readonly ids: ReadonlyMap<string, string>; readonly rows: ReadonlyArray<NewArtifact> } => {
  const store = host.artifacts.stores.get("default")!
  const known = host.journal.artifacts
  const ids = new Map(artifacts.map((line) => [line.artifact, known.nextId()]))
  const rows = artifacts.flatMap(({ attempt, hasBytes, path, ...saved }, index) => {
    if (!hasBytes) return []
    const artifact = ids.get(saved.artifact)!
    const key = `pinnace/${known.file}/imported/${artifact}`
    const where = { run, runId: manifest.id, path, attempt, createdAt: host.now() }
    return [{
      row: savedRow({ ...saved, artifact, store, key, gc: "OnWorkflowDeletion" }, where),
      from: bytesOf(index)
    }]
  })
  return { ids, rows }
}

/** Bytes first: the rows are written with all others. When they are not, the bytes go again. */
const withBytes = async (
  engine: Engine,
  mover: ArtifactMover,
  directory: string,
  artifacts: ReadonlyArray<NewArtifact>,
  write: () => Promise<void>
): Promise<void> => {
  const store = mover.store(engine.host.artifacts.stores.get("default")!)!
  try {
    for (const { from, row } of artifacts) await copyIn(mover, store, join(directory, from), from, row)
    await write()
  } catch (error) {
    await Effect.runPromise(store.delete(artifacts.map(({ row }) => row.key)))
    throw error
  }
}

const copyIn = async (
  mover: ArtifactMover,
  store: NonNullable<ReturnType<ArtifactMover["store"]>>,
  path: string,
  entry: string,
  row: ArtifactRow
): Promise<void> => {
  try {
    await mover.copyIn(store, row.key, path, row)
  } catch (error) {
    if (!(error instanceof ArtifactError) || error.reason !== "Corrupt") throw error
    throw new EntryFault(entry, "its bytes are not those that were exported", { cause: error })
  }
}
