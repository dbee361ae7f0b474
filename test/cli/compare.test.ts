/** A state file beside another one, and how it does: `doctor --compare`, `health`. */
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const hello = workflow("hello", {}, (w) => void w.node("hello", task("hello", { run: () => "hello" })))
const waits = workflow("waits", {}, (w) => void w.suspend("wait"))

const made = () => {
  const here = new Here()
  onTestFinished(() => here[Symbol.dispose]())
  return here
}

it("doctor --compare lists the runs that are in one file only, or have gone on in one of them", async () => {
  const here = made()
  const copy = join(here.folder, "copy.db")
  await using pinnace = await open(here.db)
  for (const id of ["same", "gone", "other"]) await pinnace.run(hello, undefined, { id })
  const run = await pinnace.start(waits, undefined, { id: "further" })
  await run.waitFor("wait", "waiting")
  await here.ok("backup", copy)
  expect(await here.ok("doctor", "--compare", copy)).toBe("The same       4 runs\n")
  await run.suspend()
  await pinnace.run(hello, undefined, { id: "new" })
  for (const id of ["gone", "other"]) await (await pinnace.get(id))!.delete()
  await pinnace.run(workflow("another", {}, (w) => void w.node("hello", task("hello", { run: () => 1 }))), undefined, {
    id: "other"
  })
  expect(await here.run("doctor", "--compare", copy)).toMatchObject({
    code: 1,
    out: [
      "Only here      1 run: new",
      "Only there     1 run: gone",
      "Further here   1 run: further",
      "Other runs     1 run: other",
      "The same       1 run",
      ""
    ].join("\n")
  })
  expect(await here.run("doctor", "--compare", here.db)).toMatchObject({ code: 64 })
  expect((await here.run("doctor", "--compare", join(here.folder, "none.db"))).err).toMatch(/no state file/)
})

it("health is well while a process executes each open run, and not once none does", async () => {
  const here = made()
  expect((await here.run("health")).err).toMatch(/no state file/)
  const pinnace = await open(here.db)
  await (await pinnace.start(waits)).waitFor("wait", "waiting")
  expect(await here.ok("health")).toMatch(/storage +answers\n.*room +\d+ MiB are free\n.*runs +1 open run\n$/)
  await pinnace.close()
  const { code, out } = await here.run("health", "-o", "json")
  expect([code, JSON.parse(out).at(-1)]).toEqual([1, {
    what: "runs",
    ok: false,
    message: "No process executes 1 open run"
  }])
})
