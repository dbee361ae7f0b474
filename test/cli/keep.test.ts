/**
 * Verbs that keep a state file small and safe, in this process: deleting many runs, giving back what is free, copying.
 */
import { mkdtempSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
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

test("backup writes a private copy that can be opened while the file is in use", async () => {
  await using pinnace = await open(db)
  const run = await pinnace.start(workflow("waits", {}, (w) => void w.suspend("wait")), undefined, { id: "waits" })
  const copy = join(directory, "copy.db")
  expect(await said("backup", copy)).toMatch(/→ .*copy.db \(.*B\)\n$/)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  await using other = await open(copy, { readOnly: true })
  expect((await other.list()).map(({ id }) => id)).toEqual([run.id])
})
