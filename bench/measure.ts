/** Takes one measurement: a fresh process on a fresh file, checked from outside once it has ended. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { contestants, countFinished } from "./contestants.ts"
import type { Answer, Durability, Request } from "./Request.ts"
import { type Ended, spawnNode } from "./spawnNode.ts"
import type { Entry, Workload } from "./Workload.ts"

/** One measurement; `wrong` says what was not as it has to be. */
export interface Measurement {
  /** Milliseconds: of all nodes for throughput, of each run for latency, from spawn to finished for recovery. */
  readonly samples: ReadonlyArray<number>
  /** Nodes that one sample stands for. */
  readonly nodes: number
  readonly definition: number
  /** Processor microseconds for each node. */
  readonly cpu: number
  /** Peak resident memory in MiB. */
  readonly rss: number
  readonly wrong: ReadonlyArray<string>
}

/** Measures one contestant once. Throws when its process fails. */
export const measure = async (
  workload: Workload,
  entry: Entry,
  durability: Durability,
  scratch: string
): Promise<Measurement> => {
  const folder = mkdtempSync(join(scratch, "file-"))
  const request: Request = {
    shape: workload.shape,
    nodes: entry.nodes ?? workload.nodes,
    runs: workload.runs,
    repeat: entry.repeat ?? workload.repeat,
    discard: entry.discard ?? workload.discard,
    durability,
    file: join(folder, "state.db"),
    phase: "measure"
  }
  try {
    return await (workload.kind === "recovery" ? recovered(entry, request, folder) : measured(entry, request))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ask = (entry: Entry, request: Request): Promise<Ended> =>
  spawnNode([contestants[entry.contestant].program, JSON.stringify(request)])

const answered = (entry: Entry, ended: Ended): Answer => {
  if (ended.code === 0 && ended.answer !== undefined) return JSON.parse(ended.answer) as Answer
  throw new Error(`${entry.contestant} ended with ${ended.code ?? ended.signal}:\n${ended.errors.slice(0, 2_000)}`)
}

const measured = async (entry: Entry, request: Request): Promise<Measurement> => {
  const { cpu, definition, executed, rss, samples } = answered(entry, await ask(entry, request))
  const nodes = request.nodes * request.runs
  const expected = nodes * (request.repeat + request.discard)
  const wrong = [
    ...different("finished nodes in the file", countFinished(entry.contestant, request.file), expected),
    // The raw limit executes nothing.
    ...(entry.contestant === "raw" ? [] : different("bodies executed", executed, expected))
  ]
  return { samples, nodes, definition, cpu: cpu * 1000 / (nodes * samples.length), rss, wrong }
}

const recovered = async (entry: Entry, request: Request, folder: string): Promise<Measurement> => {
  const killed = await ask(entry, { ...request, phase: "kill" })
  if (killed.signal !== "SIGKILL") throw new Error(`${entry.contestant} was not killed:\n${killed.errors}`)
  const kept = countCopy(entry, request, folder)
  const ended = await ask(entry, { ...request, phase: "resume" })
  const { cpu, executed, first, rss } = answered(entry, ended)
  const wrong = [
    ...different("finished nodes at the kill", kept, request.nodes / 2),
    ...different("finished nodes in the file", countFinished(entry.contestant, request.file), request.nodes),
    ...different("bodies executed after the kill", executed, request.nodes - kept),
    ...different("first node executed after the kill", first, kept)
  ]
  const nodes = request.nodes / 2
  return { samples: [ended.answeredAfter], nodes, definition: 0, cpu: cpu * 1000 / nodes, rss, wrong }
}

/** Counts in a copy: opening the file itself would do a part of the recovery that is to be measured. */
const countCopy = (entry: Entry, request: Request, folder: string): number => {
  const copy = join(folder, "copy")
  mkdirSync(copy)
  for (const suffix of ["", "-wal"]) cpSync(request.file + suffix, join(copy, `state.db${suffix}`))
  return countFinished(entry.contestant, join(copy, "state.db"))
}

const different = (what: string, actual: number, expected: number): ReadonlyArray<string> =>
  actual === expected ? [] : [`${what}: ${actual} instead of ${expected}`]
