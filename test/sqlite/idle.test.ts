import { answersOf } from "../journal/answers.ts"
import { statSync } from "node:fs"
import { join } from "node:path"
import { expect, it, onTestFinished, vi } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { createRun } from "../journal/JournalWorld.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { Child, makeDirectory } from "./Child.ts"

const world: JournalWorld = {
  open: () => answersOf(openSqlite(":memory:")),
  fence: () => {},
  tick: () => new Promise((resume) => setImmediate(resume)),
  dispose: () => {}
}

it("An open journal sets no timer and writes nothing while nothing happens (N12)", async () => {
  const timers = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "setInterval")]
  onTestFinished(() => timers.forEach((timer) => timer.mockRestore()))
  const file = join(makeDirectory(), "state.db")
  const [journal, peer] = [answersOf(openSqlite(file)), answersOf(openSqlite(file))]
  onTestFinished(() => [journal, peer].forEach((open) => open.close()))
  await createRun(world, journal, "r")
  journal.watch()
  const other = new Child()
  await other.call("open", file)
  const observer = new Database(file)
  onTestFinished(() => observer.close())
  const state = () => [observer.value("PRAGMA data_version"), statSync(file).mtimeMs, statSync(`${file}-wal`).size]
  const before = state()
  for (let turns = 0; turns < 1000; turns++) await world.tick()
  await other.call("inbox")
  expect(state()).toEqual(before)
  expect(timers.map((timer) => timer.mock.calls.length)).toEqual([0, 0])
})

it("An open journal does not keep its process alive, also beside others", async () => {
  const file = join(makeDirectory(), "state.db")
  const [first, second] = [new Child(), new Child()]
  for (const child of [first, second]) {
    await child.call("open", file)
    await child.call("watch")
  }
  await second.call("create", "r")
  expect(await first.end()).toBe(0)
  expect(await second.end()).toBe(0)
})
