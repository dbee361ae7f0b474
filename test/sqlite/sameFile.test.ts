/**
 * A state file that is moved, deleted, replaced or cut while an engine
 * uses it: the engine says so and stops, and nothing is acknowledged.
 */
import { answersOf } from "../journal/answers.ts"
import { copyFileSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { open, type Pinnace, task, workflow } from "../../mod.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"

const waits = workflow("waits", {}, (w) => void w.suspend("wait"))
const quick = workflow("quick", {}, (w) => void w.node("quick", task("quick", { run: () => 1 })))

type Durability = "power" | "process"

const setup = async (durability: Durability = "power") => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-same-"))
  const file = join(directory, "state.db")
  const pinnace = await open(file, { durability })
  const run = await pinnace.start(waits)
  return { directory, file, pinnace, run }
}

describe("A live engine notices that", () => {
  test.each<[what: string, act: (file: string) => void, says: string, durability?: Durability]>([
    ["its file was deleted", (file) => rmSync(file), "the file was moved or deleted"],
    ["its file was moved", (file) => renameSync(file, `${file}.old`), "the file was moved or deleted"],
    ["its file was replaced", (file) => replace(file), "the file was replaced by another one"],
    ["its log was deleted", (file) => rmSync(`${file}-wal`), "state.db-wal) was moved or deleted"],
    ["its log was replaced", (file) => replace(`${file}-wal`), "state.db-wal) was replaced by another one"],
    ["its log was emptied", (file) => truncateSync(`${file}-wal`, 0), "state.db-wal) was cut"],
    ["its file was moved (process)", (file) => renameSync(file, `${file}.old`), "was moved or deleted", "process"],
    ["its log was emptied (process)", (file) => truncateSync(`${file}-wal`, 0), "was cut", "process"]
  ])("%s", async (_, act, says, durability) => {
    const { file, pinnace, run } = await setup(durability)
    act(file)
    const expected = { _tag: "JournalError", reason: "Replaced", message: expect.stringContaining(says) }
    await expect(keepStarting(pinnace)).rejects.toMatchObject(expected)
    await expect(run.result()).rejects.toMatchObject(expected)
    await pinnace.close()
  })
})

/** All looks but the first one at the file and at the log's beginning are made some milliseconds apart. */
const keepStarting = async (pinnace: Pinnace): Promise<void> => {
  for (let n = 0; n < 1_000; n++) await pinnace.start(quick)
}

const replace = (path: string): void => {
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
}

test("A log that another process emptied is no fault", async () => {
  const { file, pinnace } = await setup()
  await (await pinnace.start(quick)).ending()
  const other = answersOf(openSqlite(file))
  other.close()
  expect(statSync(`${file}-wal`).size).toBe(0)
  const run = await pinnace.start(quick)
  expect((await run.ending()).phase).toBe("Succeeded")
  await pinnace.close()
})
