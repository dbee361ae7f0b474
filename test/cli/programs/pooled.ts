/** A workflow with a body on a pool, which goes on until a file is there; as a program, the owner of a run of it. */
import { existsSync } from "node:fs"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { open, Schema, task, workflow } from "../../../mod.ts"

const heavy = task("heavy", {
  input: { gate: Schema.String },
  output: Schema.Number,
  on: "gpu",
  run: async ({ gate }, { signal }) => {
    console.log(`begun in ${process.pid}`)
    while (!existsSync(gate) && !signal.aborted) await setTimeout(20)
    return process.pid
  }
})

/** Answers which process ran the body. */
export const pooled = workflow(
  "pooled",
  { input: { gate: Schema.String } },
  (w) => w.node("heavy", heavy, { input: { gate: w.input.gate } })
)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , db = "", id = "", gate = ""] = process.argv
  const pinnace = await open(db, { workflows: [pooled] })
  const run = await pinnace.get(pooled, id) ?? await pinnace.start(pooled, { gate }, { id })
  console.log("owning")
  console.log(`done by ${await run.result()}`)
  await pinnace.close()
}
