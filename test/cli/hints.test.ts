/** The commands that `why` and `doctor` name do what they are named for when they are typed. */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { labelOfSource } from "../../src/cli/arguments/source.ts"
import { load } from "../../src/argo/mod.ts"
import { twoSteps } from "../sqlite/files/twoSteps.ts"
import { Here } from "./Here.ts"

const library = fileURLToPath(new URL("../../mod.ts", import.meta.url))
const nap = task("nap", {
  run: (_, { signal }) => new Promise<void>((done) => signal.addEventListener("abort", () => done()))
})
const changing = workflow("changing", {}, (w) => void w.node("a", nap))
const changed = `
import { task, workflow } from ${JSON.stringify(library)}
const other = task("other", { run: () => {} })
export const changing = workflow("changing", {}, (w) => void w.node("a", other))
`
const approvals = `
kind: Workflow
metadata: { name: approvals }
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{ name: review, template: review }]]
    - name: review
      suspend: {}
      outputs: { parameters: [{ name: verdict, valueFrom: { supplied: {} } }] }
`

/** Words as a shell finds them. */
const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)

/** The commands in a text, each on a line of its own. */
const commands = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text.split("\n").flatMap((line) => /^\s+pinnace (.*)$/.exec(line)?.[1] ?? []).map(words)

/** A state file with an interrupted, a held and a suspended run, and files that define them. */
const made = async (here: Here) => {
  const file = here.file("two steps.yaml", twoSteps)
  const module = here.file("changing.ts", changed)
  const hangs = load(twoSteps, { templates: { first: () => {}, second: () => new Promise<void>(() => {}) } })
  {
    await using app = await open(here.db, { durability: "process" })
    const manifest = { labels: labelOfSource({ files: [file], executor: "process" as const }) }
    const cut = await app.start(hangs, { parameters: {} }, { id: "cut off", ...manifest })
    for await (const { event } of cut.events()) if ("path" in event && event.path.endsWith("two")) break
    const held = await app.start(changing, undefined, { id: "held", labels: labelOfSource({ files: [module] }) })
    for await (const { event } of held.events()) if (event.type === "NodeStarted") break
  }
  const { changing: now } = await import(join(here.folder, "changing.ts"))
  await using other = await open(here.db, { workflows: [now] })
  expect((await (await other.get("held"))!.status()).held).toBeDefined()
}

it.each(["why", "doctor"])("all that %s names goes on when it is typed", async (verb) => {
  using here = new Here()
  await made(here)
  const { out } = await here.run(verb)
  const found = commands(out)
  expect(found.map(([name]) => name).sort()).toEqual(["resubmit", "resume"])
  for (const command of found) expect(await here.run(...command)).toMatchObject({ code: 0 })
  const rows = JSON.parse(await here.ok("list", "-o", "json")) as ReadonlyArray<{ id: string; phase: string }>
  expect(rows.filter(({ phase }) => phase === "Succeeded")).toHaveLength(2)
})

it("why names the command that answers a suspend node of a manifest", async () => {
  using here = new Here()
  await using app = await open(here.db)
  const run = await app.start(load(approvals), { parameters: {} }, { id: "a" })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  const [answer] = commands(await here.ok("why"))
  await here.ok(...answer!)
  expect((await run.ending()).phase).toBe("Succeeded")
})

it("without a file that defines the run, FILE stands for the one that has to be named", async () => {
  using here = new Here()
  {
    await using app = await open(here.db)
    const run = await app.start(changing, undefined, { id: "r" })
    for await (const { event } of run.events()) if (event.type === "NodeStarted") break
  }
  expect(commands(await here.ok("why")).map((it) => it.slice(0, 4))).toEqual([["resume", "r", "--file", "FILE"]])
  const file = here.file("same.ts", changed.replaceAll("other", "nap"))
  expect(await here.run("resume", "r", "--file", file)).toMatchObject({ code: 0 })
})

it("resume says why it cannot go on with a run, instead of waiting", async () => {
  using here = new Here()
  {
    await using app = await open(here.db)
    const run = await app.start(changing, undefined, { id: "r" })
    for await (const { event } of run.events()) if (event.type === "NodeStarted") break
  }
  const { code, err } = await here.run("resume", "r", "--file", here.file("changing.ts", changed))
  expect([code, err]).toEqual([1, expect.stringContaining("pinnace: run r is held: Workflow")])
})

it("resume tells what the run waits for since an earlier process", async () => {
  using here = new Here()
  const asking = workflow("asking", {}, (w) => void w.suspend("answer"))
  {
    await using app = await open(here.db)
    const run = await app.start(asking, undefined, { id: "r" })
    for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  }
  const file = here.file(
    "asking.ts",
    `import { workflow } from ${JSON.stringify(library)}
export const asking = workflow("asking", {}, (w) => void w.suspend("answer"))`
  )
  const { done, out } = here.begin("resume", "r", "--file", file)
  while (!out.all.includes("\n")) await new Promise((resolve) => setImmediate(resolve))
  expect(out.all).toBe("◷ answer: waits for a signal\n")
  expect(await here.ok("approve", "r")).toContain("approved")
  expect((await done).code).toBe(0)
})
