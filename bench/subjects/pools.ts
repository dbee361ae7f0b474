/** Bodies on a pool: as a program, a process that offers its places until it is told to end. */
import { once } from "node:events"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open, Schema, task, workflow } from "../../mod.ts"

/** Attempts of one run. */
export const attempts = 2_000

const step = task("step", { input: Schema.Number, output: Schema.Number, on: "pool", run: (it) => it })

/** Bodies side by side that all run on the pool. */
export const pooled = workflow(
  "pooled",
  { input: Schema.Array(Schema.Number) },
  (w) => w.map("all", w.input, step, (it) => it)
)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const worker = await open(process.argv[2]!, { workflows: [pooled], pools: { pool: 64 }, takeOver: false })
  process.send!("offering")
  await Promise.race([once(process, "message"), once(process, "disconnect")])
  await worker.close()
  if (process.connected) process.disconnect()
}
