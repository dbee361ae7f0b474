/** Runs are deleted in pieces: a long one goes at once for everybody, and its rows a group at a time. */
import type { Answered } from "../journal/answers.ts"
import { expect, it, onTestFinished, vi } from "vitest"
import { GroupCommit } from "../../src/journal/GroupCommit.ts"
import type { Write } from "../../src/journal/Journal.ts"
import { append, createRun, event, type JournalWorld, nodeRow } from "../journal/JournalWorld.ts"
import { openFileWorld } from "./FileWorld.ts"

const tables = ["nodes", "events", "logs", "commands", "deletedRuns"]

/** A file with a run of 9,000 rows, and one of three. */
const prepare = async () => {
  const { db, journal, world } = openFileWorld()
  const runs = [await createRun(world, journal, "long"), await createRun(world, journal, "short")] as const
  const rows = ({ key }: { readonly key: number }, many: number): ReadonlyArray<Write> =>
    Array.from({ length: many }, (_, n): ReadonlyArray<Write> => [
      event(key, n + 1),
      { kind: "node", row: nodeRow(key, `n${n}`) },
      { kind: "log", row: { run: key, path: `n${n}`, attempt: 1, at: 1, level: "info", text: "x" } }
    ]).flat()
  await append(world, journal, rows(runs[0], 3_000))
  await append(world, journal, rows(runs[1], 1))
  const left = (): ReadonlyArray<number> => tables.map((table) => db.value(`SELECT count(*) FROM ${table}`) as number)
  return { world, db, journal, runs, left }
}

const remove = (world: JournalWorld, journal: Answered, run: number) =>
  append(world, journal, [{ kind: "delete", run }])

it("A deleted run is gone at once, its rows go in pieces, and others have their turn between two of them", async () => {
  const { journal, left, runs: [long, short], world } = await prepare()
  await remove(world, journal, long.key)
  expect([journal.findRun("long"), journal.findRun("short")]).toEqual([undefined, short])
  const [nodes = 0, events] = left()
  expect([nodes, events, left()[4]]).toEqual([1, 2_001, 1])
  let answered = false
  journal.append([event(short.key, 2)], () => {
    answered = left()[4] === 1
  })
  while (left()[4] !== 0) await world.tick()
  expect(answered).toBe(true)
  expect(left()).toEqual([1, 2, 1, 0, 0])
})

it("What a process leaves of a deleted run is deleted by the next one that opens the file", async () => {
  const { journal, left, runs: [long], world } = await prepare()
  await remove(world, journal, long.key)
  journal.close()
  expect(left()[4]).toBe(1)
  const next = world.open()
  while (left()[4] !== 0) await world.tick()
  expect(left()).toEqual([1, 1, 1, 0, 0])
  next.close()
})

it("A piece that storage refuses is not tried again and again, but with the next group that is stored", async () => {
  const { db, journal, left, runs: [long, short], world } = await prepare()
  const appends = vi.spyOn(GroupCommit.prototype, "append")
  onTestFinished(() => appends.mockRestore())
  db.exec("CREATE TRIGGER refuses BEFORE DELETE ON deletedRuns BEGIN SELECT RAISE(ABORT, 'refused'); END")
  await remove(world, journal, long.key)
  for (let turn = 0; turn < 50; turn++) await world.tick()
  expect(left()[4]).toBe(1)
  expect(appends.mock.calls.length).toBeLessThan(6)
  db.exec("DROP TRIGGER refuses")
  await append(world, journal, [event(short.key, 2)])
  while (left()[4] !== 0) await world.tick()
  expect(left()).toEqual([1, 2, 1, 0, 0])
})
