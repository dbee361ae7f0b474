/**
 * A process with an engine in it, which does what the lines on its
 * standard input say; see `../Host.ts`. Runs on Node, Bun and Deno.
 */
import process from "node:process"
import { createInterface } from "node:readline"
import { EngineClosed, type Json, open, type OpenOptions, type Pinnace, type RunHandle } from "../../../mod.ts"
import { KillPoint, wrap } from "../killing.ts"
import type { Message } from "../Message.ts"
import { openGate, stage, tick } from "../stages.ts"
import { keepSchedules } from "../../../src/schedule/keep.ts"
import { onTrace } from "../trace.ts"

const say = (message: Message): boolean => process.stdout.write(`${JSON.stringify(message)}\n`)

const point = new KillPoint(process.env["PINNACE_TEST_KILL"])

onTrace.tell = ({ at, attempt, node, what }) => {
  say({ notice: "body", what, node, attempt, at })
  point.pass(what)
}

for (const what of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(
    what,
    (error: unknown) => say({ notice: "unhandled", what: `${what}: ${String((error as Error)?.stack ?? error)}` })
  )
}
process.on("warning", (warning) => say({ notice: "unhandled", what: `warning: ${warning.stack ?? warning.message}` }))

let pinnace: Pinnace

const run = async (id: string): Promise<RunHandle> => {
  const found = await pinnace.get(id)
  if (found === undefined) throw new Error(`no run ${id}`)
  return found
}

/** Opens without workflows first, so that the journal is wrapped before anything is recovered. */
const openFile = async (file: string, workflows: ReadonlyArray<string>, options: OpenOptions = {}): Promise<number> => {
  const began = performance.now()
  let isSilent = true
  // All is computed, as if nothing were remembered, and what is remembered is looked at afterwards (R2).
  pinnace = await open(file, { cache: { default: "refresh" }, ...options })
  wrap(pinnace.engine.host.journal, point, (writes) => {
    // A run that this very process created was not recovered.
    if (writes.some(({ kind }) => kind === "create")) isSilent = false
    if (!isSilent || !writes.some((write) => write.kind === "event" && write.row.type === "RunStarted")) return
    isSilent = false
    say({ notice: "goes on", millis: performance.now() - began })
  })
  pinnace.register(...workflows.map(workflow))
  return pinnace.engine.host.journal.process
}

const workflow = (name: string) => stage(name) as never

const watch = async (id: string): Promise<void> => {
  try {
    for await (const recorded of (await run(id)).events()) say({ notice: "event", recorded })
    say({ notice: "over" })
  } catch (error) {
    // Whoever follows a run is told when its engine is closed.
    if (!(error instanceof EngineClosed)) throw error
  }
}

type Verb = "stop" | "terminate" | "suspend" | "resume"

// Arguments come from another process: their types are a matter of trust.
// deno-lint-ignore no-explicit-any
const operations: Record<string, (...args: ReadonlyArray<any>) => unknown> = {
  open: openFile,
  start: async (name: string, input: unknown, id?: string) =>
    (await pinnace.start(workflow(name) as never, input as never, id === undefined ? {} : { id })).id,
  startTwenty: async (name: string, input: unknown, id: string) => {
    const starts = Array.from({ length: 20 }, () => pinnace.start(workflow(name) as never, input as never, { id }))
    return (await Promise.all(starts)).map((handle) => handle.id)
  },
  ending: async (id: string) => (await run(id)).ending(),
  result: async (id: string) => (await run(id)).result(),
  status: async (id: string) => (await run(id)).status(),
  nodes: async (id: string) => (await run(id)).nodes(),
  why: async (id: string, node?: string) => (await run(id)).why(node),
  list: async () => (await pinnace.list()).map(({ id }) => id),
  command: async (id: string, verb: Verb) => (await run(id))[verb](),
  signal: async (id: string, node: string, value: Json) => (await run(id)).signal(node, value),
  retry: async (id: string) => (await (await run(id)).retry()).reset.length,
  watch: (id: string) => void watch(id),
  /** Starts, lists, stops and watches runs of its own and others, as several programs at once would. */
  bustle: async (name: string, rounds: number) => {
    const ends = Array.from({ length: rounds }, async (_, round) => {
      const handle = await pinnace.start(workflow("quick") as never, undefined as never, { id: `${name}-${round}` })
      const other = await pinnace.get((await pinnace.list({ limit: 20 }))[round % 20]?.id ?? handle.id)
      const asked = round % 3 === 0 ? other?.stop().catch((error) => error._tag) : (await other?.status())?.phase
      return [await asked, (await handle.ending()).phase]
    })
    return (await Promise.all(ends)).flat()
  },
  /** Keeps the schedule, and fills a span of its past unless somebody has begun to. */
  keep: async (from: number, until: number) => {
    keepSchedules(pinnace.engine, [tick])
    const [known] = await pinnace.schedule(tick).backfills()
    const { id } = known ?? await pinnace.schedule(tick).backfill({ from, until, parallelism: 3 })
    return (await pinnace.schedule(tick).backfillEnd(id)).state
  },
  /** Gives whatever waits for a signal what it waits for. */
  answer: async (value: Json) => {
    for (const { id } of await pinnace.list({ phases: ["Running"], limit: Infinity })) {
      const handle = await run(id)
      for (const { path, waiting } of await handle.nodes()) {
        if (waiting === "Signal") await handle.signal(path, value).catch(() => {})
      }
    }
  },
  gate: openGate,
  live: () => pinnace.engine.live.size,
  surroundings: () => ({ cwd: process.cwd(), env: { ...process.env }, umask: process.umask() }),
  close: () => pinnace.close()
}

const answer = async (line: string): Promise<void> => {
  const { id, operation, args } = JSON.parse(line)
  try {
    say({ id, value: await operations[operation]!(...args) })
  } catch (error) {
    const { _tag = "Error", message = String(error) } = error as { readonly _tag?: string; readonly message?: string }
    say({ id, error: { tag: _tag, message } })
  }
}

createInterface({ input: process.stdin }).on("line", (line) => void answer(line))
