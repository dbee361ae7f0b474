/** The process side of a measurement: reads the request, warms the contestant up, holds the clock, reports. */
import { writeSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { type Answer, measured, type Request, warmUp, warmUpNodes } from "../Request.ts"
import { depthOf, type ShapeName } from "../Shape.ts"
import { type Profile, profiled } from "./Profile.ts"

/** Starts so many runs at once and resolves, when all have ended, to the output of the last one. */
export type Launch = (runs: number) => Promise<number>

/** A workflow engine, or something that stands for one. */
export interface Contestant {
  /** Makes a definition; the clock does not run. */
  readonly prepare: (name: string, shape: ShapeName, nodes: number) => Launch
  /** Finishes the run that a killed process left, and resolves to its output. */
  readonly resume: (shape: ShapeName, nodes: number) => Promise<number>
  readonly close: () => Promise<void>
}

/** The request this process was started with. */
export const request = JSON.parse(process.argv[2] ?? "{}") as Request

let executed = 0
let first = Infinity

/** The work of every node of every contestant: none, but it is counted, and it is where a process is killed. */
export const body = (i: number): { ok: boolean; i: number } => {
  executed++
  first = Math.min(first, i)
  if (request.phase === "kill" && i === request.nodes / 2) process.kill(process.pid, "SIGKILL")
  return { ok: true, i }
}

/** Serves the request with a contestant, then ends the process. */
export const drive = async (open: () => Promise<Contestant>): Promise<never> => {
  const contestant = await open()
  const answer = await answers[request.phase](contestant)
  // Synchronous, so that whoever waits for the line sees it before the process does anything else.
  writeSync(1, `@${JSON.stringify(answer)}\n`)
  await contestant.close()
  process.exit(0)
}

const measure = async (contestant: Contestant): Promise<Answer> => {
  const { discard, nodes, phase, repeat, runs, shape } = request
  if (phase === "measure") await contestant.prepare(warmUp, "chain", warmUpNodes)(1)
  executed = 0
  first = Infinity
  const defining = performance.now()
  const launch = contestant.prepare(measured, shape, nodes)
  const definition = performance.now() - defining
  for (let i = 0; i < discard; i++) expectDepth(await launch(runs))
  const samples: Array<number> = []
  const cpu = process.cpuUsage()
  for (let i = 0; i < repeat; i++) samples.push(await timed(() => launch(runs)))
  return report(samples, definition, cpu)
}

const profile = async (contestant: Contestant): Promise<Profile> => {
  const { discard, nodes, repeat, runs, shape } = request
  const launch = contestant.prepare(measured, shape, nodes)
  for (let i = 0; i < discard; i++) expectDepth(await launch(runs))
  return profiled(async () => {
    for (let i = 0; i < repeat; i++) expectDepth(await launch(runs))
  })
}

const resume = async (contestant: Contestant): Promise<Answer> => {
  const cpu = process.cpuUsage()
  return report([await timed(() => contestant.resume(request.shape, request.nodes))], 0, cpu)
}

const timed = async (work: () => Promise<number>): Promise<number> => {
  const begun = performance.now()
  const depth = await work()
  const millis = performance.now() - begun
  expectDepth(depth)
  return millis
}

const expectDepth = (depth: number): void => {
  const expected = depthOf(request.shape, request.nodes)
  if (depth !== expected) throw new Error(`The last node gave ${depth} instead of ${expected}`)
}

const report = (samples: ReadonlyArray<number>, definition: number, since: NodeJS.CpuUsage): Answer => {
  const { system, user } = process.cpuUsage(since)
  const rss = Math.round(process.resourceUsage().maxRSS / 1024)
  return { samples, definition, cpu: (user + system) / 1000, executed, first, rss }
}

const answers: Readonly<Record<Request["phase"], (contestant: Contestant) => Promise<Answer | Profile>>> = {
  measure,
  kill: measure,
  resume,
  profile
}
