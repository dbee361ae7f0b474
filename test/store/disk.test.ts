import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { diskStore } from "../../src/store/disk/diskStore.ts"
import { canMount, mountTmpfs } from "../sqlite/mount.ts"
import { killPut } from "./EndlessPut.ts"
import { storeSuite } from "./storeSuite.ts"
import { failure, get, keys, noise, put, run, text } from "./StoreWorld.ts"
import { removeTree } from "../removeTree.ts"

const filesIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile()).map((it) => it.name)
    : []

const pendingOf = (directory: string): ReadonlyArray<string> => filesIn(join(directory, "%pending"))

const makeDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-store-"))
  onTestFinished(() => removeTree(directory))
  return directory
}

for (const durability of ["power", "process"] as const) {
  storeSuite(`diskStore, durability ${durability}`, () => {
    const directory = mkdtempSync(join(tmpdir(), "pinnace-store-"))
    return Promise.resolve({
      store: diskStore(directory, { durability }),
      unfinished: () => Promise.resolve(pendingOf(directory).length),
      dispose: () => Promise.resolve(removeTree(directory))
    })
  })
}

describe("diskStore()", () => {
  it("leaves nothing but its own empty folder behind once all is deleted", async () => {
    const directory = makeDirectory()
    const store = diskStore(directory)
    for (const key of ["a/b/c", "a/d", "e"]) await run(put(store, key, key))
    await run(store.delete(["a/b/c", "a/d", "e"]))
    expect(readdirSync(directory)).toEqual(["%pending"])
    expect(filesIn(directory)).toEqual([])
  })

  it(
    "leaves no object of a process that is killed in the middle of a put, only what the sweep finds once it is old enough",
    async () => {
      const directory = makeDirectory()
      const store = diskStore(directory)
      await run(put(store, "victim", "old"))
      await killPut("disk", directory)
      expect(pendingOf(directory).length).toBe(1)
      expect(await keys(store)).toEqual(["victim"])
      expect(await text(store, "victim")).toBe("old")
      expect(await run(store.sweep({ olderThan: 3_600_000 }))).toEqual({ removed: 0 })
      expect(await run(store.sweep({ olderThan: -60_000 }))).toEqual({ removed: 1 })
      expect(pendingOf(directory)).toEqual([])
      expect(await text(store, "victim")).toBe("old")
    },
    60_000
  )

  it("makes its directory when it first puts", async () => {
    const directory = join(makeDirectory(), "not/yet/there")
    const store = diskStore(directory)
    expect(await keys(store)).toEqual([])
    expect(await run(store.sweep({ olderThan: 0 }))).toEqual({ removed: 0 })
    expect(await failure(get(store, "k"))).toMatchObject({ reason: "NotFound" })
    expect(existsSync(directory)).toBe(false)
    await run(put(store, "k", "v"))
    expect(await text(diskStore(directory), "k")).toBe("v")
  })

  it("passes over files that are not its own", async () => {
    const directory = makeDirectory()
    const store = diskStore(directory)
    await run(put(store, "Mine", "x"))
    mkdirSync(join(directory, "foreign"))
    for (const name of ["foreign/x", "Upper", "a~", "x%zz", "~~"]) writeFileSync(join(directory, name), "?")
    expect(await keys(store)).toEqual(["Mine"])
  })

  it("works through a link to its directory", async () => {
    const directory = makeDirectory()
    mkdirSync(join(directory, "real"))
    symlinkSync(join(directory, "real"), join(directory, "link"))
    const store = diskStore(join(directory, "link"))
    await run(put(store, "a/b", "x"))
    expect((await failure(put(store, "../b", "x"))).reason).toBe("InvalidKey")
    expect(await text(diskStore(join(directory, "real")), "a/b")).toBe("x")
    expect(readdirSync(directory).sort()).toEqual(["link", "real"])
  })

  it("is shared by several stores on one directory that put and delete the same folders", async () => {
    const directory = makeDirectory()
    const stores = [diskStore(directory), diskStore(directory), diskStore(directory)]
    const rounds = Array.from({ length: 60 }, (_, at) => at)
    await run(Effect.forEach(rounds, (at) => {
      const store = stores[at % 3]!
      const key = `f/g/${at % 5}`
      return Effect.andThen(put(store, key, "v"), store.delete([key]))
    }, { concurrency: 12 }))
    expect(await keys(stores[0]!)).toEqual([])
  })

  it("gives the key of one put that asks for an absent one to exactly one of many", async () => {
    const store = diskStore(makeDirectory())
    const attempts = Array.from({ length: 20 }, (_, at) => Effect.result(put(store, "k", `${at}`, { ifAbsent: true })))
    const results = await run(Effect.all(attempts, { concurrency: "unbounded" }))
    expect(results.filter((it) => it._tag === "Success").length).toBe(1)
    expect(pendingOf(store.location("k")["directory"]!)).toEqual([])
  })

  it.skipIf(!canMount)(
    "fails as NoSpace on a full disk, leaves no part behind and works again (skipped without root on Linux)",
    async () => {
      const store = diskStore(mountTmpfs("4m"))
      await run(put(store, "small", noise(1_000_000)))
      const error = await failure(put(store, "large", noise(8_000_000)))
      expect(error).toMatchObject({ reason: "NoSpace", operation: "put", key: "large", isRetryable: false })
      expect(error.message).toContain("Free some space")
      expect(await keys(store)).toEqual(["small"])
      await run(put(store, "next", noise(2_000_000)))
      expect((await run(get(store, "small"))).length).toBe(1_000_000)
    }
  )
})
