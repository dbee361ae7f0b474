/** What a deleted run leaves of artifacts is marked in pieces, on a database as in a file, and no garbage is missed. */
import { describe, expect, it, onTestFinished } from "vitest"
import { savedRow } from "../../src/run/ArtifactRow.ts"
import type { Asked } from "../journal/answers.ts"
import { append, createRun } from "../journal/JournalWorld.ts"
import { makeWorld, outside } from "./PgWorld.ts"
import { hasPostgres, withoutPostgres } from "./server.ts"

const many = 2_000

const prepare = async () => {
  const world = makeWorld()
  onTestFinished(() => world.dispose())
  const journal = await world.open()
  const [maker, reader] = [await createRun(world, journal, "maker"), await createRun(world, journal, "reader")]
  const saved = Array.from({ length: many }, (_, at) => {
    const gc = at % 4 === 0 ? "Never" : "OnWorkflowDeletion"
    const facts = { name: `a${at}`, kind: "file", archive: "none", store: "default", key: `a${at}`, size: 1 } as const
    const place = { run: maker.key, runId: maker.id, path: "n", attempt: 1, createdAt: 1 }
    const row = { ...facts, sha256: "00", artifact: journal.artifacts.nextId(), mediaType: "text/plain", gc } as const
    return { kind: "artifact", row: savedRow(row, place) } as const
  })
  const reads = saved.map(({ row: { artifact } }) => ({ kind: "reader", artifact, run: reader.key }) as const)
  await append(world, journal, [...saved, ...reads])
  return { journal, maker, reader, world }
}

const marked = (journal: Asked) => new Promise<void>((resume) => journal.artifacts.whenMarked!(resume))

const count = async (what: string): Promise<number> => {
  const [row] = await (await outside()).query(`SELECT count(*)::int AS many FROM ${what}`)
  return row!["many"] as number
}

const due = () => count("artifacts WHERE state = 'due'")

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  it("artifacts become due in pieces, and who waits sees all of them", async () => {
    const { journal, maker, reader, world } = await prepare()
    const session = await outside()
    // Nobody sweeps: what one group alone marks is seen.
    await session.query("ALTER FUNCTION sweep(int) RENAME TO sweeps")
    await append(world, journal, [{ kind: "delete", run: maker.key }])
    expect(await due()).toBe(250)
    await marked(journal)
    await session.query("ALTER FUNCTION sweeps(int) RENAME TO sweep")
    await append(world, journal, [{ kind: "delete", run: reader.key }])
    await marked(journal)
    expect([await due(), await count("artifacts WHERE state = 'live'")]).toEqual([many * 3 / 4, many / 4])
    expect([await count("artifact_readers"), await count("deleted_runs")]).toEqual([0, 0])
  })

  it("the next process that opens the database goes on, and waits for the piece of another one", async () => {
    const { journal, maker, world } = await prepare()
    await append(world, journal, [{ kind: "delete", run: maker.key }])
    const next = await world.open()
    await Promise.all([marked(next), marked(journal)])
    expect(await due()).toBe(many * 3 / 4)
  })

  it("rows of artifacts whose bytes are gone go with their run", async () => {
    const { journal, maker, world } = await prepare()
    await (await outside()).query("UPDATE artifacts SET state = 'deleted'")
    await append(world, journal, [{ kind: "delete", run: maker.key }])
    await marked(journal)
    expect(await count("artifacts")).toBe(0)
  })
})
