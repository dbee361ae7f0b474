/**
 * kill -9 in the middle of saving, of collecting and of retention, on
 * any store: what is left is whole, and in the end nothing is left.
 */
import { spawn } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { open, type Pinnace } from "../../mod.ts"
import type { ArtifactStore } from "../../src/store/mod.ts"
import { programFor } from "../suite/programs.ts"
import { flowOf, many, storeOf } from "./artifactFlow.ts"

/** Registers the cases; `place` gives what `storeOf` understands, new each time. */
export const artifactKills = (place: () => string): void => {
  const cases = [
    ["while it saves", "putting", 1, ""],
    ["while it saves, later", "putting", 15, ""],
    ["before it deletes", "deleting", 1, ""],
    ["in the middle of deleting", "deleted some", 1, ""],
    ["in the middle of retention", "deleted some", 1, "1 millis"]
  ] as const
  it.each(cases)(
    "a process that is killed %s leaves nothing that the next one does not end",
    async (_, what, nth, ttl) => {
      const [file, where] = [join(mkdtempSync(join(tmpdir(), "pinnace-kills-")), "state.db"), place()]
      await killAt(what, nth, [file, where, ttl])
      const store = storeOf(where)
      await using pinnace = await open(file, { workflows: [flowOf(ttl)], artifacts: { store } })
      await finish(pinnace)
      await pinnace.gc()
      expect((await pinnace.artifacts()).filter(({ state }) => state !== "deleted")).toEqual([])
      const swept = await pinnace.sweep({ olderThan: 0 })
      expect(swept.objects).toBeLessThanOrEqual(what === "putting" ? 3 : 0)
      expect(await keysOf(store)).toEqual([])
    }
  )
}

/** The run goes on by itself and saves all that it has to, unless it is gone already. */
const finish = async (pinnace: Pinnace): Promise<void> => {
  const [row] = await pinnace.list()
  if (row === undefined) return
  const run = (await pinnace.get(row.id))!
  expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
  if (row.deleteAt === 0) expect(new Set((await run.artifacts()).map(({ path }) => path)).size).toBe(many)
}

const keysOf = async (store: ArtifactStore): Promise<ReadonlyArray<string>> =>
  (await Effect.runPromise(Stream.runCollect(store.list()))).map(({ key }) => key)

/** Starts the program and kills it when it has said something for the n-th time. */
const killAt = async (what: string, nth: number, args: ReadonlyArray<string>): Promise<void> => {
  const child = spawn(process.execPath, [programFor("crash/keeper", "node"), ...args], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()))
  let said = 0
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text.split("\n").filter((line) => line === what).length
    if (said >= nth) child.kill("SIGKILL")
  })
  await closed
  if (said < nth) throw new Error(`it ended by itself after saying "${what}" ${said} times`)
}
