/** Rows that are not what the events of their run say are found, and written anew, with a copy made first. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { expect, it } from "vitest"
import { open, Schema, signal, task, workflow } from "../../mod.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { makeDirectory } from "./Child.ts"

const ok = signal("ok", Schema.Boolean)
const asks = workflow("asks", {}, (w) => w.suspend(ok, { after: [w.node("one", task("one", { run: () => {} }))] }))

/** Some runtimes read one piece at a time. */
const textOf = (stream: PassThrough): string => {
  const parts: Array<string> = []
  for (let part: unknown = stream.read(); part !== null; part = stream.read()) parts.push(String(part))
  return parts.join("")
}

const doctor = async (...args: ReadonlyArray<string>): Promise<readonly [code: number, out: string]> => {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const code = await commandLine(["doctor", ...args], { program: "pinnace", workflows: [], streams: { out, err } })
  return [code, textOf(out)]
}

it("doctor --deep finds them, and --repair writes them anew after a copy", async () => {
  const folder = makeDirectory()
  const file = join(folder, "state.db")
  const pinnace = await open(file, { durability: "process" })
  const [ended, waits, whole] = [
    await pinnace.start(asks, undefined, { id: "ended" }),
    await pinnace.start(asks, undefined, { id: "waits" }),
    await pinnace.start(asks, undefined, { id: "whole" })
  ]
  for (const run of [ended, waits, whole]) await run.waitFor("ok", "waiting")
  for (const run of [ended, whole]) {
    await run.signal(ok, true)
    await run.result()
  }
  await pinnace.close()
  const db = new Database(file)
  db.exec("UPDATE runs SET phase = 'Failed', message = 'no' WHERE id = 'ended'")
  db.exec("UPDATE nodes SET attempt = 7 WHERE path = 'one' AND run = (SELECT key FROM runs WHERE id = 'waits')")
  db.exec("DELETE FROM nodes WHERE path = 'ok' AND run = (SELECT key FROM runs WHERE id = 'ended')")
  db.close()
  expect(await doctor("--deep", "--db", file)).toEqual([1, expect.stringContaining("2 runs with rows")])
  const [, out] = await doctor("--repair", "--db", file)
  expect(out).toMatch(/Repaired +2 runs/)
  expect(readdirSync(folder).filter((name) => name.endsWith(".bak"))).toHaveLength(1)
  expect((await doctor("--deep", "--db", file))[1]).toContain("as the events of each run say")
  await using again = await open(file, { workflows: [asks] })
  expect((await (await again.get("ended"))!.status()).phase).toBe("Succeeded")
  await (await again.get("waits"))!.signal(ok, true)
  expect((await (await again.get("waits"))!.ending()).phase).toBe("Succeeded")
})
