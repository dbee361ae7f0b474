import { answersOf } from "../journal/answers.ts"
import { copyFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, onTestFinished, test, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { longestCopy } from "../../src/sqlite/view/FileView.ts"
import { makeDirectory } from "./Child.ts"

const one = workflow("one", {}, (w) => w.node("a", task("a", { run: () => 1 })))

const view = (file: string) => {
  const journal = answersOf(openSqlite(file, { readOnly: true }))
  onTestFinished(() => journal.close())
  return journal
}

test("A file that is opened to be read is not touched, and refuses what would write", async () => {
  const file = join(makeDirectory(), "state.db")
  const writer = await open(file, { workflows: [one] })
  const { id } = await writer.start(one)
  await (await writer.get(id))!.result()
  await writer.close()
  const { mtimeNs } = statSync(file, { bigint: true })
  const reader = await open(file, { readOnly: true, workflows: [one] })
  expect((await reader.list()).map((run) => run.phase)).toEqual(["Succeeded"])
  await expect(reader.start(one)).rejects.toMatchObject({
    reason: "Unwritable",
    message: expect.stringContaining("read only")
  })
  await expect((await reader.get(id))!.delete()).rejects.toMatchObject({ reason: "Unwritable" })
  await reader.close()
  expect(statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs)
  expect(readdirSync(join(file, ".."))).toEqual(["state.db"])
})

test("A copy that is out of date is replaced while it is watched, and what is then in use is read in place", async () => {
  const file = join(makeDirectory(), "state.db")
  answersOf(openSqlite(file)).close()
  const journal = view(file)
  const unwatch = journal.watch()
  const seen = new Promise<void>((resolve) => {
    journal.subscribe(() => journal.findRun("r") !== undefined && resolve())
  })
  const writer = await open(file, { workflows: [one] })
  await writer.start(one, undefined, { id: "r" })
  await seen
  await (await writer.get("r"))!.result()
  await writer.close()
  unwatch()
})

test("A saved file of an older version is read, and stays as old as it is", () => {
  const file = join(makeDirectory(), "v1.db")
  copyFileSync(fileURLToPath(new URL("files/v1.db", import.meta.url)), file)
  const before = statSync(file, { bigint: true })
  expect(view(file).listRuns({}).length).toBeGreaterThan(0)
  expect(statSync(file, { bigint: true }).mtimeNs).toBe(before.mtimeNs)
})

test("A file that is too long to be copied, or no state file, is refused with what to do", () => {
  const directory = makeDirectory()
  const long = join(directory, "long.db")
  answersOf(openSqlite(long)).close()
  truncateSync(long, longestCopy + 1)
  expect(() => view(long)).toThrow(/more than the 1073741824 that are copied to read it\. Copy it, with its -wal file/)
  const older = join(directory, "older.db")
  copyFileSync(fileURLToPath(new URL("files/v1.db", import.meta.url)), older)
  truncateSync(older, longestCopy + 1)
  expect(() => view(older)).toThrow(/an earlier version wrote it.*Open it with an app of this version first/)
  writeFileSync(
    join(directory, "text.db"),
    "no database, but longer than a header of SQLite would be at the very least".repeat(9)
  )
  expect(() => view(join(directory, "text.db"))).toThrow(/It is not a SQLite file/)
  expect(() => view(join(directory, "none.db"))).toThrow(/it does not exist/)
})

// Deno says so later, to nobody.
test.skipIf("Deno" in globalThis)("Who cannot watch the directory is told so", () => {
  const directory = makeDirectory()
  const file = join(directory, "state.db")
  answersOf(openSqlite(file)).close()
  const journal = view(file)
  rmSync(directory, { recursive: true })
  expect(() => journal.watch()).toThrow(`Cannot follow what is written to state file "${file}"`)
})

test("After a write one looks again, since a commit can be read a moment later than its bytes are told of", async () => {
  const file = join(makeDirectory(), "state.db")
  answersOf(openSqlite(file)).close()
  const journal = view(file)
  let told = 0
  journal.subscribe(() => told++)
  journal.watch()
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  onTestFinished(() => void vi.useRealTimers())
  writeFileSync(`${file}-wal`, "")
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
  const before = told
  for (const millis of [20, 200, 2_000]) {
    vi.advanceTimersByTime(millis)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(told).toBeGreaterThanOrEqual(before + 3)
})
