/** A copy or an archive is on the disk with its name: after a loss of power it is found. */
import type * as Fs from "node:fs"
import { join } from "node:path"
import { expect, it, onTestFinished, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { makeDirectory } from "./Child.ts"

/** From now on, what is done to the disk, in order: names that are given, and what is brought to it. */
const watchDisk = (): Array<string> => {
  const done: Array<string> = []
  vi.resetModules()
  vi.doMock("node:fs", async (load) => {
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
  onTestFinished(() => {
    vi.doUnmock("node:fs")
    vi.resetModules()
  })
  return done
}

const hello = workflow("hello", {}, (w) => void w.node("hello", task("hello", { run: () => {} })))

// Only Node lets a test stand in for a module of its own.
const isNode = !("Bun" in globalThis || "Deno" in globalThis)

it.skipIf(!isNode)("The folder of a copy and of an archive is on the disk once it has its name", async () => {
  const folder = makeDirectory()
  await using pinnace = await open(join(folder, "state.db"), { durability: "process" })
  await (await pinnace.start(hello, undefined, { id: "a" })).ending()
  const done = watchDisk()
  const { writeCopy } = await import("../../src/sqlite/copy.ts")
  const { Database } = await import("../../src/sqlite/Database.ts")
  const { archiveRuns } = await import("../../src/embed/transfer/archiveRuns.ts")
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
