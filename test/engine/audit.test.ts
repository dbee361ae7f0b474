/** Who did what is recorded with what was done, and is told also of runs that are gone. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { type Deed, Schema, signal, task, workflow } from "../../mod.ts"
import { CurrentActor } from "../../src/embed/effect.ts"
import { command } from "../../src/engine/control/command.ts"
import { answersOf } from "../journal/answers.ts"
import { TestBed } from "./TestBed.ts"

const ok = signal("ok", Schema.Boolean)
const asks = workflow("asks", {}, (w) => w.node("works", task("works", { run: () => {} }), { after: [w.suspend(ok)] }))
const brief = ({ by, did, message, node, run }: Deed) => [by.name, by.via, did, run, node ?? message]

it("is recorded in the events, and kept where runs are deleted", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ actor: { name: "root@host", via: "command", pid: 7 } })
  const ada = pinnace.as("ada")
  const first = await bed.settle(ada.start(asks, undefined, { id: "first" }))
  await bed.until(async () => (await first.nodes()).some(({ waiting }) => waiting === "Signal"))
  await bed.settle(first.suspend())
  await bed.settle(first.as("bob").resume())
  await bed.settle(first.as({ name: "carl", via: "server" }).signal(ok, true))
  await bed.ended(first)
  const second = await bed.settle(pinnace.start(asks, undefined, { id: "second" }))
  await bed.settle(second.stop("enough"))
  await bed.settle(second.ending())
  await bed.settle(second.retry())
  await bed.settle(second.terminate())
  await bed.settle(second.ending())
  await bed.settle((await bed.settle(ada.get("first")))!.delete())
  await bed.settle(ada.setLimit("gpu", 2, { create: true }))
  const root = ["root@host", "command"]
  expect((await bed.settle(pinnace.audit())).map(brief).map(String).toSorted()).toEqual(
    [
      ["ada", "library", "set limit", undefined, "gpu to 2"],
      ["ada", "library", "delete", "first", undefined],
      [...root, "terminate", "second", undefined],
      [...root, "retry", "second", undefined],
      [...root, "stop", "second", "enough"],
      ["carl", "server", "signal", "first", "ok"],
      ["bob", "library", "resume", "first", undefined],
      ["ada", "library", "suspend", "first", undefined]
    ].map(String).toSorted()
  )
  expect((await bed.settle(pinnace.audit({ run: "first", limit: 2 }))).map(({ did }) => did)).toEqual([
    "signal",
    "resume"
  ])
  expect(await bed.settle(pinnace.audit({ since: bed.now + 1 }))).toEqual([])
  const [created] = answersOf(pinnace.engine.host.journal).events(bed.rowOf(second).key, 0)
  expect(created?.event).toMatchObject({ type: "RunCreated", by: { name: "root@host", via: "command", pid: 7 } })
})

it("is told of commands that another process does, and of fibers that say who they are", async () => {
  const bed = new TestBed()
  const owner = bed.open({ workflows: [asks], actor: "owner" })
  const run = await bed.settle(owner.start(asks))
  await bed.until(async () => (await run.nodes()).some(({ waiting }) => waiting === "Signal"))
  const other = bed.open({ actor: "other" })
  await bed.settle((await bed.settle(other.get(run.id)))!.suspend())
  await bed.settle(
    Effect.runPromise(
      Effect.provideService(command(other.engine, run.id, "stop"), CurrentActor, { name: "fiber", via: "library" })
    )
  )
  await bed.ended(run)
  expect((await bed.settle(other.audit())).map(({ by, did }) => [by.name, did])).toEqual([
    ["fiber", "stop"],
    ["other", "suspend"]
  ])
})

it("is forgotten after 400 days, and not recorded where nobody is known", async () => {
  const bed = new TestBed()
  const pauses = workflow("pauses", {}, (w) => w.suspend("pause", { duration: "401 days" }))
  const first = bed.open({ actor: "ada", workflows: [asks] })
  const run = await bed.settle(first.start(asks))
  await bed.settle(run.terminate())
  await bed.play(pauses, undefined, first)
  expect(await bed.settle(first.audit())).toHaveLength(1)
  const second = bed.open({ actor: "ada" })
  await bed.quiet()
  expect(await bed.settle(second.audit())).toEqual([])
  const nobody = bed.open()
  await bed.settle((await bed.settle(nobody.start(asks))).terminate())
  expect(await bed.settle(nobody.audit())).toEqual([])
})

it("is told of a value that a start brings to the run it makes", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ workflows: [asks], actor: "app" })
  const run = await bed.settle(pinnace.as("ada").start(asks, undefined, { signal: { to: ok, value: true } }))
  expect((await bed.settle(pinnace.audit())).map(brief)).toEqual([["ada", "library", "signal", run.id, "ok"]])
})
