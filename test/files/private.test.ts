/** What we make is ours alone, whatever the umask, and what others have made is not used. */
import { answersOf } from "../journal/answers.ts"
import { spawn } from "node:child_process"
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { afterAll, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { makePrivate, NotPrivate } from "../../src/files/mod.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { installTools } from "../../src/process/tools.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "private-"))
afterAll(() => removeTree(folder))
const isRoot = process.getuid?.() === 0

it("a state file, what stands beside it and artifacts are closed to others under a umask of 000", async () => {
  const program = fileURLToPath(new URL("private.program.ts", import.meta.url))
  const file = join(folder, "state.db")
  const child = spawn(process.execPath, [program, file, `${file}.files`], { stdio: ["pipe", "pipe", "inherit"] })
  await new Promise((resolve) => child.stdout.once("data", resolve))
  const open = (path: string): ReadonlyArray<string> => {
    const stats = lstatSync(path)
    if (path !== folder && (stats.mode & 0o077) !== 0 && !stats.isSymbolicLink()) return [path]
    return stats.isDirectory() && (stats.mode & 0o077) !== 0 || path === folder
      ? readdirSync(path).flatMap((name) => open(join(path, name)))
      : []
  }
  expect(existsSync(`${file}-artifacts`)).toBe(true)
  expect(open(folder)).toEqual([])
  const ended = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGKILL")
  await ended
})

it.skipIf(process.platform === "win32")("the socket of a state file whose path is long is closed to others too", () => {
  const file = join(folder, "a".repeat(60), "b".repeat(60), "state.db")
  mkdirSync(join(file, ".."), { recursive: true })
  // Threads of Bun may not change the umask of their process.
  const before = "Bun" in globalThis ? undefined : process.umask(0)
  const journal = answersOf(openSqlite(file))
  if (before !== undefined) process.umask(before)
  const db = new Database(file)
  const { bell } = db.prepare("SELECT bell FROM processes").get() as { readonly bell: string }
  expect(lstatSync(join(bell, "..")).mode & 0o777).toBe(0o700)
  db.close()
  journal.close()
})

it.skipIf(!isRoot)(
  "a directory of another user is not used, nor a program in it run (needs root to play that user)",
  () => {
    const bin = join(folder, "bin")
    mkdirSync(bin)
    writeFileSync(join(bin, "argosay"), "#!/bin/sh\necho stolen\n")
    chownSync(bin, 65_534, 65_534)
    expect(() => makePrivate(bin)).toThrow(NotPrivate)
    expect(() => installTools(bin, "/usr/bin:/bin")).toThrow("belongs to another user")
  }
)

it("a directory of ours that others could change is closed first", () => {
  const wide = join(folder, "wide")
  mkdirSync(wide)
  makePrivate(wide)
  expect((lstatSync(wide).mode & 0o777).toString(8)).toBe("700")
})

it.skipIf(!isRoot)(
  "a group that open names may use the state file and its artifacts; others may not (needs root to play those users)",
  async () => {
    const home = mkdtempSync(join(realpathSync(tmpdir()), "group-"))
    chmodSync(home, 0o755)
    const shared = join(home, "shared")
    mkdirSync(shared)
    chownSync(shared, 0, 60_100)
    chmodSync(shared, 0o2770)
    const file = join(shared, "state.db")
    const put = task("put", { run: async (_: void, context) => (await context.artifacts.put("note", "hello")).name })
    const flow = workflow("flow", {}, (w) => w.node("put", put))
    const pinnace = await open(file, { group: 60_100, workflows: [flow] })
    const { id } = await pinnace.start(flow)
    await (await pinnace.get(id))!.ending()
    const closed = (path: string): ReadonlyArray<string> => {
      const { gid, mode } = lstatSync(path)
      const below = lstatSync(path).isDirectory() ? readdirSync(path).flatMap((name) => closed(join(path, name))) : []
      return gid === 60_100 && (mode & 0o060) === 0o060 && (mode & 0o007) === 0 ? below : [path, ...below]
    }
    expect(closed(shared).filter((path) => !path.includes("-work"))).toEqual([])
    await pinnace.close()
    removeTree(home)
  }
)

it.skipIf(process.platform === "win32")("a group that is none is refused when the file is opened", async () => {
  await expect(open(":memory:", { group: -1 })).rejects.toThrow("id -G")
  await expect(open(":memory:", { group: 1.5 })).rejects.toThrow("id -G")
})
