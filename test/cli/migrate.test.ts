/** Runs that go on with another version, on the command line. */
import { afterAll, expect, it } from "vitest"
import { Artifact, open, task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const here = new Here()
afterAll(() => here[Symbol.dispose]())

const mod = JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
const version = (name: string, id: string, nodes: string): string =>
  `export const ${name} = workflow("order", { version: "${id}" }, (w) => {
  const door = w.suspend("${nodes}")
  w.node("pack", task("pack", { run: () => {} }), { after: [door] })
})
`
const header = `import { task, workflow } from ${mod}\n`
const two = here.file("two.ts", header + version("order2", "2", "door"))
const three = here.file("three.ts", header + version("order3", "3", "gate") + version("order2", "2", "door"))

it("says what would be, why not, and lets the run go on with the new version", async () => {
  const order1 = workflow("order", { version: "1" }, (w) => void w.suspend("door"))
  const app = await open(here.db, { workflows: [order1] })
  const run = await app.start(order1, undefined, { id: "order-9" })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  await app.close()
  const migrate = (...args: ReadonlyArray<string>) => here.run("migrate", "order-9", ...args)
  expect((await migrate("--file", two, "--dry-run")).out).toBe(
    "Run order-9 can go on as order@2 instead of order@1: 1 node stays\n"
  )
  const refused = await migrate("--file", three, "--workflow", "order@3")
  expect([refused.code, refused.out]).toEqual([
    1,
    expect.stringMatching(/^Run order-9 stays with order@1\. It cannot go on as order@3: .*Node "door" has started/)
  ])
  expect((await migrate("--file", three)).err).toContain(
    "exports 2 versions: choose one with --workflow order@3, --workflow order@2"
  )
  expect((await migrate()).err).toContain("migrate RUN needs --file FILE")
  const done = await migrate("--file", two)
  expect([done.code, done.out.split("\n")[0]]).toEqual([
    0,
    "Run order-9 goes on as order@2 instead of order@1: 1 node stays"
  ])
  expect((await migrate("--file", two)).err).toContain("exports no other version of order than order@2")
  expect((await here.run("list")).out).toMatch(/order-9 +order@2/)
  const order2 = workflow("order", { version: "2" }, (w) => {
    const door = w.suspend("door")
    w.node("pack", task("pack", { run: () => {} }), { after: [door] })
  })
  const heir = await open(here.db, { workflows: [order2] })
  const later = (await heir.get("order-9"))!
  await later.approve("door")
  expect((await later.ending()).phase).toBe("Succeeded")
  expect((await later.nodes()).map(({ path }) => path)).toEqual(["door", "pack"])
  await heir.close()
})

it("shows what would be lost, with its artifacts, and what runs again, and loses it only where that is accepted", async () => {
  const save = task("save", { output: Artifact, run: (_, { artifacts }) => artifacts.putJson("report", "all") })
  const one = workflow("order", { version: "1" }, (w) => {
    const saved = w.node("save", save)
    w.suspend("gate", { after: [saved] })
  })
  const app = await open(here.db, { workflows: [one] })
  const run = await app.start(one, undefined, { id: "order-7" })
  await run.waitFor("gate", "waiting")
  await app.close()
  const migrate = (...args: ReadonlyArray<string>) =>
    here.run("migrate", "order-7", "--file", three, "--workflow", "order@3", ...args)
  const lines = [
    '  lost   gate: Node "gate" has started and no longer waits for "save"',
    '  lost   save: Node "save" has started and no longer exists; it saved report',
    '  again  gate: Node "gate" has started and no longer waits for "save"'
  ]
  const refused = await migrate()
  expect(refused.code).toBe(1)
  expect(refused.out).toContain("Accept that with acceptLost, or --accept-lost")
  expect(refused.out.trimEnd().split("\n").slice(1)).toEqual(lines)
  const done = await migrate("--accept-lost")
  expect([done.code, ...done.out.trimEnd().split("\n")]).toEqual([
    0,
    "Run order-7 goes on as order@3 instead of order@1: 0 nodes stay",
    ...lines,
    expect.stringContaining("resume order-7")
  ])
})
