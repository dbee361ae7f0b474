/** What a deleted run leaves of artifacts is marked in pieces: others have their turn, and no garbage is missed. */
import { expect, it } from "vitest"
import { savedRow } from "../../src/run/ArtifactRow.ts"
import type { ArtifactGC } from "../../src/workflow/Artifact.ts"
import type { Answered } from "../journal/answers.ts"
import { append, createRun, event } from "../journal/JournalWorld.ts"
import { openFileWorld } from "./FileWorld.ts"

const many = 2_000

const prepare = async (size = many) => {
  const { db, journal, world } = openFileWorld()
  const [maker, reader] = [await createRun(world, journal, "maker"), await createRun(world, journal, "reader")]
  const save = (gc: ArtifactGC, name: string) => {
    const facts = { name, kind: "file", archive: "none", store: "default", key: name, size: 1, sha256: "00" } as const
    const place = { run: maker.key, runId: maker.id, path: "n", attempt: 1, createdAt: 1 }
    const artifact = journal.artifacts.nextId()
    return { kind: "artifact", row: savedRow({ ...facts, artifact, mediaType: "text/plain", gc }, place) } as const
  }
  const saved = Array.from({ length: size }, (_, at) => save(at % 4 === 0 ? "Never" : "OnWorkflowDeletion", `a${at}`))
  const reads = saved.map(({ row: { artifact } }) => ({ kind: "reader", artifact, run: reader.key }) as const)
  await append(world, journal, [...saved, ...reads])
  const count = (state: string): number => db.value(`SELECT count(*) FROM artifacts WHERE state = '${state}'`) as number
  const readers = (): number => db.value("SELECT count(*) FROM artifactReaders") as number
  const collected = (from: Answered): number => from.artifacts.collectable(2, ["default"], Infinity).length
  const marked = (from: Answered) => new Promise<void>((resume) => from.artifacts.whenMarked!(resume))
  return { collected, count, db, journal, maker, marked, reader, readers, world }
}

it("Artifacts become due in pieces, others have their turn between two of them, and who waits sees all", async () => {
  const { collected, count, journal, maker, marked, reader, world } = await prepare()
  await append(world, journal, [{ kind: "delete", run: maker.key }])
  expect(count("due")).toBeLessThan(many / 2)
  let dueThen = 0
  journal.append([event(reader.key, 1)], () => {
    dueThen = count("due")
  })
  await marked(journal)
  expect(dueThen).toBeLessThan(many / 2)
  expect([count("due"), count("live")]).toEqual([many * 3 / 4, many / 4])
  expect(collected(journal)).toBe(0)
  await append(world, journal, [{ kind: "delete", run: reader.key }])
  await marked(journal)
  expect(collected(journal)).toBe(many * 3 / 4)
})

it("Runs that are deleted meanwhile take nothing from the progress of a large one", async () => {
  const { count, journal, maker, marked, world } = await prepare()
  const small = await Promise.all(Array.from({ length: 20 }, (_, at) => createRun(world, journal, `small-${at}`)))
  await append(world, journal, [{ kind: "delete", run: maker.key }])
  for (const { key } of small) await append(world, journal, [{ kind: "delete", run: key }])
  await marked(journal)
  expect(count("due")).toBe(many * 3 / 4)
})

it("Rows of artifacts whose bytes are gone go with their run, and so does what it could read", async () => {
  const { db, journal, maker, marked, reader, readers, world } = await prepare()
  db.exec("UPDATE artifacts SET state = 'deleted'")
  await append(world, journal, [{ kind: "delete", run: maker.key }, { kind: "delete", run: reader.key }])
  await marked(journal)
  expect([db.value("SELECT count(*) FROM artifacts"), readers()]).toEqual([0, 0])
})

it("The next process that opens the file goes on, and who waits for one that is closed is told", async () => {
  const { count, journal, maker, marked, world } = await prepare()
  await append(world, journal, [{ kind: "delete", run: maker.key }])
  const told = marked(journal)
  journal.close()
  await told
  expect(count("due")).toBeLessThan(many / 2)
  const next = world.open()
  await marked(next)
  expect(count("due")).toBe(many * 3 / 4)
  next.close()
})

it("A piece that was not stored counts for nothing: what it had marked is marked again", async () => {
  const size = many - 100
  const { count, db, journal, maker, marked, world } = await prepare(size)
  // The last piece is not full, so the run is forgotten in its group.
  db.exec("CREATE TRIGGER fails BEFORE DELETE ON deletedRuns BEGIN SELECT RAISE(ABORT, 'not now'); END")
  await append(world, journal, [{ kind: "delete", run: maker.key }])
  await marked(journal)
  db.exec("DROP TRIGGER fails")
  await createRun(world, journal, "other")
  await marked(journal)
  expect(count("due")).toBe(size * 3 / 4)
  expect(db.value("SELECT count(*) FROM deletedRuns")).toBe(0)
})
