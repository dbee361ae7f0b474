/** `backup()`: a whole copy of the state file while runs go on, made in a thread of its own. */
import { execFile } from "node:child_process"
import { chmodSync, existsSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { promisify } from "node:util"
import { expect, it, onTestFinished, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { copyAside } from "../../src/sqlite/copyAside.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { makeDirectory } from "../sqlite/Child.ts"

const runsOnNode = process.versions["bun"] === undefined && process.versions["deno"] === undefined
const copyAsideUrl = new URL("../../src/sqlite/copyAside.ts", import.meta.url).href

const hello = workflow("hello", {}, (w) => void w.node("hello", task("hello", { run: () => "hello" })))

/** The folder, its state file, and an engine on it with one run that has ended. */
const made = async (file?: string) => {
  const folder = makeDirectory()
  const db = file ?? join(folder, "state.db")
  const pinnace = await open(db, { durability: "process", workflows: [hello] })
  onTestFinished(() => pinnace.close())
  await pinnace.run(hello, undefined, { id: "first" })
  return { folder, db, pinnace }
}

const idsIn = async (file: string): Promise<ReadonlyArray<string>> => {
  await using pinnace = await open(file, { readOnly: true })
  return (await pinnace.list()).map(({ id }) => id)
}

it("holds what was durable before, is private, and is not made on the thread of the app", async () => {
  const { folder, pinnace } = await made()
  const here = vi.spyOn(Database.prototype, "copyTo")
  onTestFinished(() => here.mockRestore())
  const copy = join(folder, "copy.db")
  const copying = pinnace.backup(copy)
  await pinnace.run(hello, undefined, { id: "meanwhile" })
  await copying
  expect(here).not.toHaveBeenCalled()
  expect(await idsIn(copy)).toContain("first")
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  expect((await pinnace.list()).map(({ id }) => id)).toEqual(["meanwhile", "first"])
})

it("is refused where a file is, or no folder, and leaves nothing behind", async () => {
  const { folder, pinnace } = await made()
  const copy = join(folder, "copy.db")
  await pinnace.backup(copy)
  await expect(pinnace.backup(copy)).rejects.toMatchObject({ _tag: "JournalError", reason: "Exists" })
  await expect(pinnace.backup(join(folder, "no/copy.db"))).rejects.toMatchObject({ reason: "Unwritable" })
  await expect(pinnace.backup("")).rejects.toMatchObject({ _tag: "InvalidValue" })
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([])
})

// Other runtimes load nothing by options of Node.
it.runIf(runsOnNode)("ends, whatever an app loads before all else into its threads", async () => {
  const { folder } = await made()
  const preload = join(folder, "preload.cjs")
  writeFileSync(preload, `require("node:worker_threads").isMainThread || setInterval(() => {}, 1000)`)
  const program = `
    const { copyAside } = await import(${JSON.stringify(copyAsideUrl)})
    console.log(await copyAside("state.db", "copy.db", "state.db"))
    process.exit()`
  const options = ["--require", preload, "--input-type=module", "--eval", program]
  const env = { ...process.env, NODE_OPTIONS: `--require=${preload}` }
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: folder, env })
  expect(stdout).toBe("ok\n")
})

it("is also made of what is in memory only", async () => {
  const { folder, pinnace } = await made(":memory:")
  await pinnace.backup(join(folder, "copy.db"))
  expect(await idsIn(join(folder, "copy.db"))).toEqual(["first"])
})

it("is not made of a damaged file", async () => {
  const { db, folder, pinnace } = await made()
  await pinnace.close()
  const file = openSync(db, "r+")
  for (let page = 1; page < statSync(db).size / 4096; page++) {
    writeSync(file, Buffer.alloc(2_000, 1), 0, 2_000, page * 4096)
  }
  const copy = join(folder, "copy.db")
  await expect(copyAside(db, copy, db)).rejects.toMatchObject({ _tag: "JournalError", reason: "Corrupt" })
  expect(existsSync(db)).toBe(true)
  chmodSync(db, 0o600)
})
