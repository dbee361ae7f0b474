/**
 * Verbs that keep a state file small and safe, in this process: deleting many runs, giving back what is free, copying.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { writeCopy } from "../../src/sqlite/copy.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { removeTree } from "../removeTree.ts"

const directory = mkdtempSync(join(tmpdir(), "pinnace-keep-"))
const db = join(directory, "state.db")
const many = 600
const flow = workflow(
  "flow",
  {},
  (w) => void w.node("text", task("text", { run: (_, { log }) => log("x".repeat(2_000)) }))
)

beforeAll(async () => {
  await using pinnace = await open(db, { durability: "process" })
  for (let n = 0; n < many; n += 100) {
    const runs = await Promise.all(Array.from({ length: 100 }, () => pinnace.start(flow)))
    await Promise.all(runs.map((run) => run.ending()))
  }
})

afterAll(() => removeTree(directory))

let out = ""
beforeEach(() => {
  out = ""
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest: ReadonlyArray<unknown>) => {
    out += String(text)
    for (const done of rest) if (typeof done === "function") done()
    return true
  })
  return () => write.mockRestore()
})

const said = async (...args: ReadonlyArray<string>): Promise<string> => {
  const done = commandLine([...args, "--db", db], { program: "pinnace", workflows: [] })
  expect(await done, args.join(" ")).toBe(0)
  return out
}

test("delete tells many runs as one number, and deletes them at the same time", async () => {
  expect(await said("delete", "--status", "Succeeded")).toBe(`${many} workflows deleted\n`)
})

test("doctor says how much of the file is free, and --compact gives it back", async () => {
  expect(await said("doctor")).toMatch(/Free +\d.* of \d.*pinnace doctor --compact --db/)
  const before = statSync(db).size
  out = ""
  expect(await said("doctor", "--compact")).toMatch(/state.db: .*B → .*B\n$/)
  expect(statSync(db).size).toBeLessThan(before / 2)
})

test("a file that was compacted once is made smaller in pieces, between which others write", async () => {
  await using pinnace = await open(db, { durability: "process" })
  const talks = task("talks", {
    run: (_, { log }) => {
      for (let line = 0; line < 2_500; line++) log("x".repeat(2_000))
    }
  })
  const run = await pinnace.start(workflow("talks", {}, (w) => void w.node("talks", talks)), undefined, { id: "talks" })
  await run.ending()
  await run.delete()
  const exec = vi.spyOn(Database.prototype, "exec")
  await said("doctor", "--compact")
  const vacuums = exec.mock.calls.map(([sql]) => sql).filter((sql) => /vacuum/i.test(sql))
  exec.mockRestore()
  expect(new Set(vacuums)).toEqual(new Set(["PRAGMA incremental_vacuum(500)"]))
  expect(vacuums.length).toBeGreaterThan(2)
  expect(out).toMatch(/state.db: .*MB → .*kB\n$/)
})

test("restore makes a state file of a backup whose open runs wait, unless the original is lost", async () => {
  const [copy, place] = [join(directory, "weekly.db"), join(directory, "restored")]
  let worked = 0
  const goes = workflow("goes", {}, (w) => void w.node("work", task("work", { run: () => void worked++ })))
  const waits = workflow("waits", {}, (w) => w.suspend("wait"))
  await using pinnace = await open(db)
  await pinnace.start(waits, undefined, { id: "waits-2" })
  await pinnace.start(goes, undefined, { id: "left", leave: true })
  await said("backup", copy)
  const restored = async (name: string, ...more: ReadonlyArray<string>) => {
    out = ""
    const file = `${place}-${name}.db`
    const args = ["restore", copy, ...more, "--db", file]
    expect(await commandLine(args, { program: "pinnace", workflows: [] })).toBe(0)
    return file
  }
  const calm = await restored("calm")
  const line = out
  out = ""
  expect(await commandLine(["list", "--prefix", "left", "--db", calm], { program: "pinnace", workflows: [] })).toBe(0)
  expect(out).toContain(" Pending (Suspended) ")
  out = line
  expect(out).toMatch(
    /^.*weekly.db → .*calm.db\n\d open runs suspended. To let them go on:\n {2}pinnace resume --running --db /
  )
  await using suspended = await open(calm, { workflows: [goes] })
  expect((await suspended.list({ prefix: "left" })).map((run) => run.suspended)).toEqual([true])
  await (await suspended.get("left"))!.resume()
  await (await suspended.get("left"))!.ending()
  expect(worked).toBe(1)
  await using going = await open(await restored("going", "--continue"), { workflows: [goes] })
  await (await going.get("left"))!.ending()
  expect([worked, out]).toEqual([2, expect.not.stringContaining("suspended")])
})

test("neither a backup nor a restored file is made beside the log of another one", async () => {
  const copy = join(directory, "beside.db")
  writeFileSync(`${copy}-wal`, "left")
  const args = ["backup", copy, "--db", db]
  expect(await commandLine(args, { program: "pinnace", workflows: [] })).not.toBe(0)
  expect(await commandLine(["restore", db, "--db", copy], { program: "pinnace", workflows: [] })).not.toBe(0)
  expect(existsSync(copy)).toBe(false)
})

test("a copy that was cut off is no backup, and is in nobody's way", async () => {
  const copy = join(directory, "half.db")
  writeFileSync(`${copy}.partial`, "half")
  await said("backup", copy)
  expect([existsSync(copy), existsSync(`${copy}.partial`)]).toEqual([true, false])
})

test("of two copies to one name at once, one is made and the other refused, and neither takes the other's file", () => {
  const copy = join(directory, "twice.db")
  const [living, dead] = [`${copy}.${process.pid}-00000001.partial`, `${copy}.${2 ** 31 - 2}-00000001.partial`]
  for (const file of [living, dead]) writeFileSync(file, "half")
  const database = new Database(db)
  const copyTo = database.copyTo.bind(database)
  database.copyTo = (path) => {
    copyTo(path)
    writeFileSync(copy, "of the faster one")
  }
  expect(() => writeCopy(database, copy)).toThrow("it exists")
  expect(readFileSync(copy, "utf8")).toBe("of the faster one")
  expect(readdirSync(directory).filter((name) => name.includes("twice") && name.endsWith(".partial"))).toEqual([
    basename(living)
  ])
  database.close()
})

test("backup writes a private copy that can be opened while the file is in use", async () => {
  await using pinnace = await open(db)
  const run = await pinnace.start(workflow("waits", {}, (w) => void w.suspend("wait")), undefined, { id: "waits" })
  const copy = join(directory, "copy.db")
  expect(await said("backup", copy)).toMatch(/→ .*copy.db \(.*B\)\n$/)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  await using other = await open(copy, { readOnly: true })
  expect((await other.list()).map(({ id }) => id)).toContain(run.id)
})

test("gc, doctor --compact and restore are in the audit, the last one of the new file", async () => {
  const folder = mkdtempSync(join(directory, "audit-"))
  await said("gc")
  await said("doctor", "--compact")
  await said("backup", join(folder, "copy.db"))
  const to = join(folder, "restored.db")
  expect(
    await commandLine(["restore", join(folder, "copy.db"), "--db", to, "--as", "ada"], {
      program: "pinnace",
      workflows: []
    })
  ).toBe(0)
  await using pinnace = await open(to)
  const deeds = (await pinnace.audit({ limit: Infinity })).filter(({ run }) => run === undefined).slice(0, 3)
  expect(deeds.map(({ by, did }) => did === "restore" ? `${did} by ${by.name}` : did)).toEqual([
    "restore by ada",
    "compact",
    "gc"
  ])
})
