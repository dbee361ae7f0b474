/** Runs one workflow after another on a state file, and a run that waits, until it is killed: `writer.ts FILE`. */
import { writeSync } from "node:fs"
import process from "node:process"
import { open, task, workflow } from "../../../mod.ts"

const [, , file = ""] = process.argv
const says = workflow("says", {}, (w) => void w.node("says", task("says", { run: (_, { log }) => log("again") })))
const stays = workflow("stays", {}, (w) => void w.suspend("go"))
const pinnace = await open(file, { durability: "process", workflows: [says, stays] })
await (await pinnace.start(stays)).waitFor("go", "waiting")
for (let many = 0;; many++) {
  await pinnace.run(says)
  if (many === 2) writeSync(1, "writes\n")
  // Whoever else wants to write has a turn now and then.
  await new Promise<void>((resolve) => setImmediate(resolve))
}
