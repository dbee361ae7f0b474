/**
 * A process with an engine in it that plays the runs it is told to; see `../../crash/Host.ts` for the lines it speaks.
 */
import process from "node:process"
import { createInterface } from "node:readline"
import { open, type Pinnace } from "../../../mod.ts"
import { instant, write } from "../evidence.ts"
import { makeWorkflows, runOf } from "../workload.ts"

const [file, evidence, seed, host] = [
  process.env["PINNACE_STRESS_FILE"]!,
  process.env["PINNACE_STRESS_EVIDENCE"]!,
  Number(process.env["PINNACE_STRESS_SEED"]),
  Number(process.env["PINNACE_STRESS_HOST"])
]

const workflows = makeWorkflows(seed, host, (what, { attempt, node, run }, token, takes) => {
  write(evidence, { what, at: instant(), host, run, node, attempt, token, takes })
})

let pinnace: Pinnace

const play = async (number: number): Promise<string> => {
  const { priority, workflow } = runOf(seed, number)
  const definition = workflows.find(({ name }) => name === workflow)!
  const run = await pinnace.start(definition as never, undefined as never, { id: `r${number}`, priority })
  return (await run.ending()).phase
}

// Arguments come from another process: their types are a matter of trust.
// deno-lint-ignore no-explicit-any
const operations: Record<string, (...args: ReadonlyArray<any>) => unknown> = {
  open: async () => {
    pinnace = await open(file, { durability: "process", workflows: workflows as never })
    return pinnace.engine.host.journal.process
  },
  play,
  command: async (run: string, verb: "stop" | "terminate") => (await pinnace.get(run))?.[verb](),
  setLimit: (name: string, limit: number) => pinnace.setLimit(name, limit),
  /** Writes something of its own; a process that was declared dead must be refused. */
  write: async () => {
    await pinnace.start(workflows[0] as never, undefined as never, { id: `late-${host}` })
  },
  close: () => pinnace.close()
}

const answer = async (line: string): Promise<void> => {
  const { id, operation, args } = JSON.parse(line)
  let reply: object
  try {
    reply = { id, value: await operations[operation]!(...args) }
  } catch (error) {
    const { _tag = "Error", message = String(error), reason } = error as {
      readonly _tag?: string
      readonly message?: string
      readonly reason?: string
    }
    reply = { id, error: { tag: reason ?? _tag, message: `${operation}: ${message}` } }
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}

createInterface({ input: process.stdin }).on("line", (line) => void answer(line))
