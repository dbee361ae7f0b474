// Several processes may open one file. One executes the run; any other can watch and command it. Nothing polls.
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open, Schema, signal, task, workflow } from "../mod.ts"

const answer = signal("answer", Schema.Number)
const double = task("double", { input: Schema.Number, run: (n) => n * 2 })
const ask = workflow("ask", {}, (w) => w.node("double", double, { input: w.suspend(answer) }))

const execute = async (file: string) => {
  const pinnace = await open(file)
  const run = await pinnace.start(ask, undefined, { id: "ask-1" })
  process.send?.("started")
  console.log("child:  result", await run.result())
  await pinnace.close()
}

const command = async (file: string) => {
  const child = fork(fileURLToPath(import.meta.url), [file])
  await once(child, "message")
  const pinnace = await open(file)
  const run = (await pinnace.get("ask-1"))!
  for await (const { event } of run.events()) {
    if (event.type !== "NodeWaiting") continue
    console.log(`parent: node "${event.path}" waits, here is 21`)
    await run.signal(event.path, 21)
  }
  await once(child, "exit")
  console.log(`parent: the run is ${(await run.status()).phase}`)
  await pinnace.close()
}

const [, , file] = process.argv
if (file === undefined) await command(join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db"))
else await execute(file)
