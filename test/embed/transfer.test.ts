/** Runs that leave one state file and arrive in another. */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test, vi } from "vitest"
import { Artifact, open, Schema, task, workflow } from "../../mod.ts"

let isFixed = false
const make = task("make", {
  output: Artifact,
  run: async (_, { artifacts, log }) => {
    log("made")
    const at = await artifacts.directory()
    writeFileSync(join(at, "a b.txt"), "one")
    return await artifacts.put("tree", at)
  }
})
const use = task("use", {
  input: Artifact,
  output: Schema.String,
  run: async (handle, { artifacts }) => {
    if (!isFixed) throw new Error("no")
    return readdirSync(await (await artifacts.open(handle)).path()).join()
  }
})
const flow = workflow("flow", { ttl: "1 hour" }, (w) => w.node("use", use, { input: w.node("make", make) }))

test("An exported run is the same elsewhere: nodes, events, logs, artifacts; it is not retried, but can be resubmitted", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-transfer-"))
  const file = join(directory, "run.tgz")
  await using first = await open(join(directory, "first.db"))
  // Ids of artifacts count from the first in each file, so they would clash.
  const other = await first.start(flow)
  await other.ending()
  const run = await first.start(flow)
  await run.ending()
  await run.export(file)
  await using second = await open(join(directory, "second.db"), { workflows: [flow] })
  await (await second.start(flow, undefined, { id: "taken" })).ending()
  const arrived = await second.import(file)
  expect(await arrived.nodes()).toEqual(await run.nodes())
  expect((await arrived.logs()).map(({ text }) => text)).toEqual((await run.logs()).map(({ text }) => text))
  expect(await arrived.status()).toMatchObject({
    id: run.id,
    phase: "Error",
    labels: { "pinnace/imported": "true" }
  })
  const [before, after] = [await run.artifacts(), await arrived.artifacts()]
  expect(after.map(({ sha256, state }) => [sha256, state])).toEqual(before.map(({ sha256 }) => [sha256, "live"]))
  expect(after[0]?.artifact).not.toBe((await (await second.get("taken"))?.artifacts())?.[0]?.artifact)
  await expect(arrived.retry()).rejects.toThrow("it was imported and cannot change")
  isFixed = true
  const again = await arrived.resubmit({ memoized: true })
  expect(await again.result()).toBe("a b.txt")
  // It is a run of here: it can be retried.
  expect((await again.status()).labels).toEqual({})
  await expect(second.import(file)).rejects.toMatchObject({ _tag: "RunExists" })
  await arrived.delete()
  await second.gc()
  expect(await second.artifacts({ run: run.id })).toHaveLength(1)
  await again.delete()
  await second.gc()
  expect(await second.artifacts({ run: run.id })).toHaveLength(0)
})

test("An open run is not exported, and a damaged export changes nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-transfer-"))
  const waits = workflow("waits", {}, (w) => void w.suspend("wait"))
  await using pinnace = await open(join(directory, "state.db"))
  const run = await pinnace.start(waits)
  await expect(run.export(join(directory, "run.tgz"))).rejects.toThrow("wait for its end")
  expect(existsSync(join(directory, "run.tgz"))).toBe(false)
  await run.terminate()
  await run.ending()
  writeFileSync(join(directory, "bad.tgz"), "not an archive")
  await expect(pinnace.import(join(directory, "bad.tgz"))).rejects.toMatchObject({ _tag: "BadArchive", entry: "" })
  expect(await pinnace.list()).toHaveLength(1)
})

test("Where an export cannot be written nothing is read, whose failure nobody would hear", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-transfer-"))
  await using pinnace = await open(join(directory, "state.db"))
  const run = await pinnace.start(flow)
  await run.ending()
  const packs = vi.spyOn(await pinnace.engine.host.artifacts.mover(), "pack")
  const file = join(directory, "no", "run.tgz")
  await expect(run.export(file)).rejects.toMatchObject({ code: "ENOENT", path: file })
  expect(packs).not.toHaveBeenCalled()
})
