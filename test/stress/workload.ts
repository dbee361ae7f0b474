/**
 * What the processes of a stress run work on: the same seed
 * gives every process the same semaphores, tasks and workflows.
 */
import { mutex, type PermitTake, Schema, type Semaphore, semaphore, storedLimit, task, workflow } from "../../mod.ts"
import type { TaskContext } from "../../mod.ts"
import { makeRandom } from "../../src/testing/World.ts"
import type { BodyLine } from "./evidence.ts"

/** Limits that never change; `flex` is the one that does. */
export const fixedLimits: Readonly<Record<string, number>> = { m1: 1, m2: 1, s3: 3, s5: 5, deploy: 1 }

/** The semaphore whose limit is changed while it is in use, and its limits. */
export const flex = { name: "flex", initial: 4, most: 6 }

const width = 20
/** Nodes of one run on average: the tenth that hold a permit as a whole have three. */
export const nodesOfRun = 0.9 * width + 0.1 * 3

/** Notes what a body does, with what it holds. */
export type Note = (what: BodyLine["what"], context: TaskContext, token: string, takes: BodyLine["takes"]) => void

/** Taken by whole runs, so that no node of such a run may ask for it. */
const deploy = mutex("deploy")
const retry = { limit: 3, backoff: { duration: 3, factor: 1 } }
const all: ReadonlyArray<Semaphore> = [
  mutex("m1"),
  mutex("m2"),
  semaphore("s3", { limit: 3 }),
  semaphore("s5", { limit: 5 }),
  semaphore(flex.name, { limit: storedLimit(flex.initial) })
]

const int = (random: () => number, below: number): number => Math.floor(random() * below)

/** One semaphore mostly, sometimes several; no weight exceeds what the semaphore can ever give. */
const drawTakes = (random: () => number): ReadonlyArray<PermitTake> => {
  const many = random() < 0.6 ? 1 : random() < 0.7 ? 2 : 3
  const left = [...all]
  const chosen = Array.from({ length: many }, () => left.splice(int(random, left.length), 1)[0]!)
  return chosen.map((one) => one.take(1 + int(random, Math.min(2, fixedLimits[one.name] ?? flex.most))))
}

const held = (takes: ReadonlyArray<PermitTake>): Readonly<Record<string, number>> =>
  Object.fromEntries(takes.map(({ semaphore, weight }) => [semaphore.name, weight]))

/** A number below `below` that depends on the text alone. */
const drawOf = (text: string, below: number): number => {
  let hash = 7
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003
  return hash % below
}

const pause = (millis: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (millis === 0 || signal.aborted) return resolve()
    const timer = setTimeout(resolve, millis)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      resolve()
    })
  })

let executions = 0

/** Works for 0 to 2 ms while it says what it holds; fails its first attempt now and then. */
const body = (takes: ReadonlyArray<PermitTake>, host: number, note: Note) => async (_: unknown, it: TaskContext) => {
  const token = `${host}-${++executions}`
  note("enter", it, token, held(takes))
  await pause(drawOf(`${it.run} ${it.node} ${it.attempt}`, 3), it.signal)
  note("leave", it, token, held(takes))
  if (it.attempt === 1 && drawOf(`${it.node} ${it.run}`, 12) === 0) throw new Error("once more")
  return token
}

/** The workflows of a seed; bodies of this process are noted under its number. */
export const makeWorkflows = (seed: number, host: number, note: Note) => {
  const random = makeRandom(seed)
  const tasks = Array.from({ length: 12 }, (_, n) => {
    const takes = drawTakes(random)
    const hold = (["running", "running", "node", "exit"] as const)[int(random, 4)]!
    const onExit = hold === "exit" ? () => {} : undefined
    const work = body(takes, host, note)
    return task(`t${n}`, {
      output: Schema.String,
      permits: takes,
      hold,
      retry,
      run: work,
      ...(onExit === undefined ? {} : { onExit })
    })
  })
  const mixed = Array.from({ length: 5 }, (_, n) =>
    workflow(`mixed${n}`, {}, (w) => {
      for (let node = 0; node < width; node++) w.node(`n${node}`, tasks[int(random, tasks.length)]!)
    }))
  return [...mixed, exclusive(host, note)]
}

/** The run as a whole holds a mutex; its nodes follow each other. */
const exclusive = (host: number, note: Note) => {
  const step = task("step", { output: Schema.String, retry, run: body([deploy.take()], host, note) })
  return workflow("exclusive", { permits: [deploy.take()] }, (w) => {
    const first = w.node("one", step)
    w.node("three", step, { after: [w.node("two", step, { after: [first] })] })
  })
}

/** Which workflow the run of this number is of, and its priority. */
export const runOf = (seed: number, number: number): { readonly workflow: string; readonly priority: number } => {
  const random = makeRandom(seed * 100_003 + number)
  random()
  const workflow = random() < 0.1 ? "exclusive" : `mixed${int(random, 5)}`
  return { workflow, priority: int(random, 3) }
}
