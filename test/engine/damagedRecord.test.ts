/**
 * A row that cannot be read holds its run with the reason; the file opens, lists are whole, and all other runs go on.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { open, Schema, signal, task, workflow } from "../../mod.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { removeTree } from "../removeTree.ts"

const go = signal("go")
const flow = workflow("flow", { input: Schema.Number }, (w) => {
  const made = w.node("made", task("made", { input: Schema.Number, run: (n) => n }), { input: w.input })
  const asked = w.suspend(go, { after: [made] })
  return w.node("last", task("last", { input: Schema.Number, run: (n) => n }), { input: made, after: [asked] })
})

const folder = mkdtempSync(join(tmpdir(), "pinnace-damaged-"))
afterAll(() => removeTree(folder))

const event = (type: string, data: string) =>
  `UPDATE events SET data = '${data}' WHERE run = RUN AND seq = (SELECT max(seq) FROM events WHERE run = RUN AND type = '${type}')`

const damages: Readonly<Record<string, readonly [sql: string, reason: string | RegExp]>> = {
  "a cut event": [event("NodeFinished", '{"type":"NodeFin'), /event \d+ of run "bad": it is not JSON/],
  "an event that is null": [event("NodeFinished", "null"), /event \d+ of run "bad": it is not an event/],
  "an event of another shape": [
    event("NodeFinished", '{"type":"NodeFinished","path":"made"}'),
    /event \d+ of run "bad": .*ending/s
  ],
  "an event of no type": [event("RunCreated", '{"input":1}'), /event 1 of run "bad": it is not an event/],
  "an event that is gone": [
    "DELETE FROM events WHERE run = RUN AND type = 'NodeFinished'",
    /event \d+ of run "bad": it is missing/
  ],
  "a cut progress": [
    `UPDATE nodes SET progress = '{"done"' WHERE run = RUN AND path = 'made'`,
    'the progress of node "made": it is not JSON'
  ],
  "cut labels": [
    "UPDATE runs SET labels = '{' WHERE key = RUN",
    "Its row in the state file cannot be read: its labels are not a record of strings"
  ],
  "labels that are none": ["UPDATE runs SET labels = '5' WHERE key = RUN", "Its row in the state file cannot be read"],
  "a cut plan": [
    "UPDATE runs SET digest = 'x' WHERE key = RUN; INSERT INTO plans (digest, workflow, json) VALUES ('x', 'flow', '{')",
    'Workflow "flow" cannot go on with this run'
  ]
}

const started = async (file: string): Promise<void> => {
  const pinnace = await open(file, { durability: "process", workflows: [flow] })
  for (const id of ["good", "bad"]) {
    const run = await pinnace.start(flow, 7, { id, labels: { team: "a" } })
    for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  }
  await pinnace.close()
}

const damage = (file: string, sql: string): void => {
  const db = new Database(file)
  const run = db.value("SELECT key FROM runs WHERE id = 'bad'")
  db.exec(sql.replaceAll("RUN", String(run)))
  db.close()
}

test.each(Object.entries(damages))("%s holds its run, and nothing else", async (name, [sql, reason]) => {
  const file = join(folder, `${name.replaceAll(" ", "-")}.db`)
  await started(file)
  damage(file, sql)
  for (let life = 0; life < 2; life++) {
    await using pinnace = await open(file, { durability: "process", workflows: [flow] })
    expect((await pinnace.list()).map(({ id }) => id)).toEqual(["bad", "good"])
    expect((await pinnace.list({ labels: "team=a,other!=b" })).map(({ id }) => id)).toContain("good")
    expect((await pinnace.list({ labels: "pinnace/source!=b" })).map(({ id }) => id)).toContain("good")
    if (!sql.includes("labels")) expect((await pinnace.list({ held: true })).map(({ id }) => id)).toEqual(["bad"])
    const bad = (await pinnace.get("bad"))!
    expect(await bad.status()).toMatchObject({ phase: "Running", held: expect.stringMatching(reason) })
    expect((await pinnace.stuck()).filter(({ run }) => run === "bad")).toMatchObject([{ kind: "held" }])
    if (!sql.includes("plans")) await expect(bad.signal(go, undefined)).rejects.toThrow(/held/)
    if (!sql.includes("plans")) {
      const again = bad.resubmit({ memoized: true })
      await expect(again).rejects.toMatchObject({ _tag: "Refused", message: expect.stringMatching(reason) })
    }
    expect(await pinnace.run(flow as never, 1 as never, { id: "good" }).catch((error) => error._tag)).toBe("RunExists")
  }
  const pinnace = await open(file, { durability: "process", workflows: [flow] })
  const good = (await pinnace.get("good"))!
  await good.signal(go, undefined)
  expect(await good.outcome()).toMatchObject({ phase: "Succeeded", output: 7 })
  // The way out that the reason names.
  await (await pinnace.get("bad"))!.terminate()
  expect(await (await pinnace.get("bad"))!.status()).toMatchObject({ phase: "Failed", reason: "Terminated" })
  await (await pinnace.get("bad"))!.delete()
  expect((await pinnace.list()).map(({ id }) => id)).toEqual(["good"])
  expect(pinnace.engine.lost).toBeUndefined()
  await pinnace.close()
})
