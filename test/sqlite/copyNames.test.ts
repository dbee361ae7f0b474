/** A copy or an archive is on the disk with its name: after a loss of power it is found. */
import type * as Fs from "node:fs"
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { archiveRuns } from "../../src/embed/transfer/archiveRuns.ts"
import { writeCopy } from "../../src/sqlite/copy.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { makeDirectory } from "./Child.ts"

/** What was done, in order: names that were given, and what was brought to the disk. */
const done = vi.hoisted((): Array<string> => [])

vi.mock("node:fs", async (load) => {
  const fs = await load<typeof Fs>()
  const opened = new Map<number, string>()
  return {
    ...fs,
    openSync: (path: string, ...how: [string]) => {
      const file = fs.openSync(path, ...how)
      opened.set(file, path)
      return file
    },
    fsyncSync: (file: number) => {
      done.push(`synced ${opened.get(file)}`)
      fs.fsyncSync(file)
    },
    linkSync: (from: string, to: string) => {
      done.push(`named ${to}`)
      fs.linkSync(from, to)
    }
  }
})

const hello = workflow("hello", {}, (w) => void w.node("hello", task("hello", { run: () => {} })))

it("The folder of a copy and of an archive is brought to the disk after it got its name", async () => {
  const folder = makeDirectory()
  await using pinnace = await open(join(folder, "state.db"), { durability: "process" })
  await (await pinnace.start(hello, undefined, { id: "a" })).ending()
  const ways = {
    "copy.db": (file: string) => {
      const db = new Database(join(folder, "state.db"), { readonly: true })
      writeCopy(db, file)
      db.close()
    },
    "all.ndjson": (file: string) => archiveRuns(pinnace.engine, ["a"], file)
  }
  for (const [name, write] of Object.entries(ways)) {
    done.length = 0
    const file = join(folder, name)
    await write(file)
    expect(done.map((it) => it.replace(/\.\d+-[0-9a-f]+\.partial$/, ".partial"))).toEqual([
      `synced ${file}.partial`,
      `named ${file}`,
      `synced ${folder}`
    ])
  }
})
