/** `why`: what a person has to do so that a run goes on, with the exact command. */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { open, semaphore, storedLimit, task, workflow } from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"
import { Here } from "./Here.ts"

const api = semaphore("api", { limit: storedLimit(0) })
const release = workflow("release", {}, (w) => {
  w.suspend("approve", { output: Schema.Struct({ by: Schema.String, note: Schema.optionalKey(Schema.String) }) })
  w.suspend("go", {})
  w.suspend("late", { output: Schema.Boolean, duration: "1 hour", default: false })
  w.sleep("pause", "2 hours")
  w.node("limited", task("limited", { permits: [api.take()], run: () => 1 }))
})

it("tells of one node, of one run or of all that does not move, each with its way on", async () => {
  using here = new Here([release])
  await using app = await open(here.db)
  const run = await app.start(release, undefined, { id: "rel 1" })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting" && event.path === "limited") break
  const form = "it waits for a signal with { by: string, note?: string }"
  expect(await here.ok("why", "rel 1", "approve")).toBe(
    `approve: ${form}\n  pinnace signal 'rel 1' approve '{"by":"…"}'\n`
  )
  expect(await here.ok("why", "rel 1", "pause")).toMatch(/^pause: it waits until (\S+ )?\S+ UTC\n$/)
  const all = await here.ok("why", "rel 1")
  expect(all).toContain("\n  pinnace approve 'rel 1' go\n  pinnace signal 'rel 1' late true\n")
  await run.suspend()
  const other = await app.start(release, undefined, { id: "rel-2" })
  for await (const { event } of other.events()) if (event.type === "NodeWaiting" && event.path === "limited") break
  const text = (await here.ok("why")).replaceAll(/(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC/g, "TIME")
  expect(text).toMatchInlineSnapshot(`
    "Suspended:
      rel 1: it is suspended
        pinnace resume 'rel 1'
    Waiting for a signal:
      rel-2 approve: it waits for a signal with { by: string, note?: string }
        pinnace signal rel-2 approve '{"by":"…"}'
      rel-2 go: it waits for a signal
        pinnace approve rel-2 go
      rel-2 late: it waits for a signal with boolean until TIME, then takes its default false
        pinnace signal rel-2 late true
    Waiting for permits:
      rel-2 limited: waits for 1 of api (its limit is 0)
        pinnace locks
    Waiting for a time:
      rel-2 pause: it waits until TIME
    "
  `)
  expect(JSON.parse(await here.ok("why", "-o", "json"))).toMatchObject([
    { kind: "suspended", run: "rel 1" },
    { kind: "signal", node: "approve", asks: { value: "{ by: string, note?: string }" }, next: expect.any(String) },
    { kind: "signal", node: "go" },
    { kind: "signal", node: "late", asks: { default: false } },
    { kind: "permit", node: "limited" },
    { kind: "time", node: "pause" }
  ])
  await run.terminate()
  await other.terminate()
  await Promise.all([run.ending(), other.ending()])
  expect(await here.ok("why")).toBe("Nothing is stuck\n")
})

it("an approval that ends by itself waits for a person until then; what is approved is named in full", async () => {
  const doors = workflow("doors", {}, (w) => {
    w.suspend("review-a", { duration: "1 hour" })
    w.suspend("review-b", { duration: "1 hour", output: Schema.Boolean })
    w.sleep("pause", "1 hour")
  })
  using here = new Here([doors])
  await using app = await open(here.db)
  const run = await app.start(doors, undefined, { id: "d" })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting" && event.path === "pause") break
  const shown = (await here.ok("get", "d")).replaceAll(/(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC/g, "TIME")
  expect(shown.split("\n").flatMap((line) => /(\S+) +\S+ +(waits .*)$/.exec(line)?.slice(1).join(": ") ?? [])).toEqual([
    "review-a: waits for a signal until TIME",
    "review-b: waits for a signal until TIME",
    "pause: waits for its time"
  ])
  expect(await here.ok("why", "d", "review-a")).toMatch(
    /^review-a: it waits for a signal until .*, then goes on without$/m
  )
  const refused = async (...args: ReadonlyArray<string>) => (await here.run(...args)).err
  expect(await refused("approve", "d", "review")).toContain('has no node "review"')
  expect(await refused("approve", "d", "p")).toContain('Did you mean "pause"?')
  expect(await refused("approve", "d")).toContain("2 nodes of run d are waiting; name one: review-a, review-b")
  expect(await here.ok("approve", "d", "review-a")).toBe('Node "review-a" is approved\n')
  await run.terminate()
  await run.ending()
})

const gate = `kind: Workflow
metadata: {generateName: gate-}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: ask, template: ask}, {name: go, template: go}]]
  - name: ask
    suspend: {duration: 1h}
    outputs: {parameters: [{name: word, valueFrom: {supplied: {}}}, {name: note, valueFrom: {supplied: {}, default: none}}]}
  - {name: go, suspend: {}}
`

it("tells which outputs a suspend node of a manifest asks for, and until when", async () => {
  using here = new Here()
  await using app = await open(here.db)
  const run = await app.start(load([{ name: "gate.yaml", text: gate }]), { parameters: {} }, { id: "gate-1" })
  let waiting = 0
  for await (const { event } of run.events()) if (event.type === "NodeWaiting" && ++waiting === 2) break
  const told = async (...args: ReadonlyArray<string>) =>
    (await here.ok("why", ...args)).replaceAll(/(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC/g, "TIME")
  expect(await told("gate-1", "ask")).toMatchInlineSnapshot(`
    "gate-1[0].ask: it waits for a signal with word until TIME; note is "none" by default
      pinnace signal gate-1 'gate-1[0].ask' -p word=VALUE
    "
  `)
  expect(await told()).toMatchInlineSnapshot(`
    "Waiting for a signal:
      gate-1 gate-1[0].ask: it waits for a signal with word until TIME; note is "none" by default
        pinnace signal gate-1 'gate-1[0].ask' -p word=VALUE
      gate-1 gate-1[0].go: it waits for a signal
        pinnace approve gate-1 'gate-1[0].go'
    "
  `)
  await run.terminate()
  await run.ending()
})

it("names the command that starts a worker, as it is to be typed here", async () => {
  const train = task("train", { on: "gpu", run: () => 1 })
  const far = workflow("far", {}, (w) => {
    for (const name of ["train", "tune"]) w.node(name, train)
  })
  using here = new Here([far])
  await using app = await open(here.db)
  const run = await app.start(far, undefined, { id: "far-1" })
  for (const name of ["train", "tune"]) await run.waitFor(name, "Running")
  const because = 'no worker offers gpu: open the state somewhere with pools: { "gpu": 1 }'
  expect(await here.ok("why", "far-1")).toBe(
    `train: ${because}\ntune: ${because}\n  pinnace worker --pool gpu=1\n`
  )
  expect(await here.ok("why")).toContain("\n    pinnace worker --pool gpu=1\n")
  await run.terminate()
})
