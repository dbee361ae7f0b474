/**
 * An app that owns runs: starts what a line of its input names,
 * with an id, until its input ends; tells which of them wait.
 */
import process from "node:process"
import { createInterface } from "node:readline"
import { open, type RunHandle } from "../../../mod.ts"
import * as known from "./known.ts"

/** Tells when a node waits for a person and what goes on beside it is done. */
const tellWaiting = async (run: RunHandle): Promise<void> => {
  const seen = new Set<string>()
  for await (const { event } of run.events()) {
    seen.add(event.type)
    if (seen.has("NodeWaiting") && seen.has("NodeFinished")) return console.log(`waiting ${run.id}`)
  }
}

const pinnace = await open(process.argv[2] ?? ":memory:", { workflows: Object.values(known) })
console.log("ready")
for await (const line of createInterface({ input: process.stdin })) {
  const [name = "ask", id = ""] = line.split(" ")
  const run = await pinnace.start(known[name as keyof typeof known] as never, undefined as never, { id } as never)
  console.log(`started ${id}`)
  tellWaiting(run as unknown as RunHandle).catch(() => {})
}
await pinnace.close()
