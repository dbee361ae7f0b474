// A laptop keeps the run, a box with a GPU works for it, and both may die. DATABASE_URL=postgres://… joins machines.
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open, Schema, task, workflow } from "../mod.ts"

const train = task("train", {
  input: Schema.Number,
  on: "gpu", // runs in a process that offers a place of this pool
  run: async (layers) => {
    process.send?.("training")
    await once(process, "message") // takes as long as the story below wants
    return layers * 2
  }
})
const report = task("report", { input: Schema.Number, run: (score) => `the score is ${score}` })
const study = workflow("study", {}, (w) => w.node("report", report, { input: w.node("train", train, { input: 21 }) }))

const [, , role, database = ""] = process.argv
if (role === undefined) await tell()
else if (role === "box") await open(database, { workflows: [study], pools: { gpu: 1 }, takeOver: false })
else {
  const laptop = await open(database, { workflows: [study] }) // takes over what a dead laptop has left
  const run = await laptop.get("study-1") ?? await laptop.start(study, undefined, { id: "study-1" })
  process.send?.("owning")
  process.send?.(await run.result())
  await laptop.close()
}

async function tell() {
  const database = process.env["DATABASE_URL"] ?? join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db")
  const begin = async (role: string): Promise<ChildProcess> => {
    const child = fork(fileURLToPath(import.meta.url), [role, database])
    await once(child, "message")
    return child
  }
  const kill = async (child: ChildProcess) => {
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  const laptop = await begin("laptop")
  const box = await begin("box")
  console.log("the laptop has the run, the box trains")
  await kill(laptop)
  const other = await begin("laptop")
  console.log("the laptop died: another one has the run, the box trains on")
  await kill(box)
  const last = await begin("box")
  console.log("the box died: another one trains")
  last.send("done")
  const [result] = await once(other, "message")
  console.log(result)
  last.kill()
}
