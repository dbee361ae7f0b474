/** A server of an app on a database: starts runs when it is told to, goes on with those of others. */
import process from "node:process"
import { createInterface } from "node:readline"
import { JournalError, open, type Pinnace, RunExists, type RunHandle, Schema, task, workflow } from "../../../mod.ts"

const [url, ...numbers] = process.argv.slice(2) as [string, ...ReadonlyArray<string>]
const [nodes, millis, lease, grace] = numbers.map(Number) as [number, number, number, number]

const step = task("step", {
  input: { n: Schema.Number },
  output: Schema.Number,
  run: async ({ n }) => {
    await new Promise((resume) => setTimeout(resume, millis))
    return n + 1
  }
})

const steps = workflow("steps", {}, (w) => {
  let last = w.node("s0", step, { input: { n: 0 } })
  for (let at = 1; at < nodes; at++) last = w.node(`s${at}`, step, { input: { n: last } })
  return last
})

const tell = (...words: ReadonlyArray<unknown>): void => void process.stdout.write(`${words.join(" ")}\n`)

/** A run that there is in the end: a process that lost its number in the middle of it begins it again. */
const begun = async (pinnace: Pinnace, id: string): Promise<RunHandle<number>> => {
  try {
    return await pinnace.start(steps, undefined, { id })
  } catch (error) {
    if (error instanceof RunExists) return error.run as RunHandle<number>
    if (!(error instanceof JournalError) || !error.endsNumberOnly) throw error
    await new Promise((resume) => setTimeout(resume, 100))
    return begun(pinnace, id)
  }
}

try {
  const pinnace = await open(url, { workflows: [steps], postgres: { lease, grace } })
  const { engine } = pinnace
  tell("ready", engine.host.journal.process)
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, id] = line.split(" ")
    if (word === "number") tell("number", engine.host.journal.process, engine.lost?.reason ?? "well")
    if (word === "start") {
      begun(pinnace, id!).then((run) => run.result()).then(
        (output) => tell("result", id, output),
        (error) => tell("failed", id, error.reason ?? error._tag ?? error.message)
      )
    }
  }
} catch (error) {
  tell("refused", (error as { readonly reason?: string }).reason ?? (error as Error).message)
}
