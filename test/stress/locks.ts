/**
 * Permits under stress: real processes on one file, trouble of
 * every kind, and a judgement of all that was recorded of it.
 */
import { answersOf } from "../journal/answers.ts"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import type { Runtime } from "../crash/Host.ts"
import { Chaos, type Deeds } from "./Chaos.ts"
import { Crew } from "./Crew.ts"
import { read } from "./evidence.ts"
import { type Change, keepHistory, readHistory } from "./history.ts"
import { type Asked, judgeEvidence } from "./judgeEvidence.ts"
import { judgeHistory } from "./judgeHistory.ts"
import { judgeRuns } from "./judgeRuns.ts"
import { fixedLimits, flex, makeWorkflows, nodesOfRun } from "./workload.ts"
import { removeTree } from "../removeTree.ts"

/** How large a stress run is. */
export interface Size {
  readonly processes: number
  /** Nodes with permits that each process is given. */
  readonly acquisitions: number
  readonly seed: number
  readonly runtimes: ReadonlyArray<Runtime>
  /** Milliseconds between two troubles, on average. */
  readonly pause: number
}

/** What a stress run showed. */
export interface Verdict extends Deeds {
  readonly violations: ReadonlyArray<string>
  /** Where the state file and the evidence are kept when something was wrong. */
  readonly directory: string | undefined
  readonly runs: number
  readonly phases: Readonly<Record<string, number>>
  readonly grants: number
  readonly executions: number
  readonly seconds: number
  /** All in milliseconds. */
  readonly waits: ReadonlyArray<number>
  readonly handOvers: ReadonlyArray<number>
  readonly foreignHandOvers: ReadonlyArray<number>
}

/** Plays a stress run; `tell` hears how many runs have ended. */
export const stressLocks = async (size: Size, tell: (ended: number, of: number) => void): Promise<Verdict> => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-stress-"))
  const file = join(directory, "state.db")
  const evidence = join(directory, "evidence")
  const runs = Math.ceil(size.acquisitions * size.processes / nodesOfRun)
  prepare(file)
  const crew = new Crew({ file, evidence, runs, ...size })
  const chaos = new Chaos(crew, size.seed)
  const began = performance.now()
  const timer = setInterval(() => tell(crew.ended.length, runs), 5000)
  let isKept = true
  try {
    const trouble = chaos.run(size.pause)
    await crew.work().finally(() => chaos.end())
    await trouble
    await crew.leave()
    const seconds = (performance.now() - began) / 1000
    const verdict = judge({ file, evidence, seed: size.seed, runs, seconds, crew, chaos })
    isKept = verdict.violations.length > 0
    return { ...verdict, directory: isKept ? directory : undefined }
  } finally {
    clearInterval(timer)
    if (!isKept) removeTree(directory)
  }
}

const prepare = (file: string): void => {
  answersOf(openSqlite(file)).close()
  const db = new Database(file)
  keepHistory(db)
  db.close()
}

interface Played {
  readonly file: string
  readonly evidence: string
  readonly seed: number
  readonly runs: number
  readonly seconds: number
  readonly crew: Crew
  readonly chaos: Chaos
}

const judge = ({ chaos, crew, evidence, file, runs, seconds, seed }: Played): Omit<Verdict, "directory"> => {
  const db = new Database(file)
  const changes = readHistory(db)
  db.close()
  const history = judgeHistory(changes)
  const bodies = judgeEvidence(read(evidence), { ...fixedLimits, [flex.name]: flex.most }, askedIn(changes))
  const workflows = makeWorkflows(seed, 0, () => {}) as unknown as ReadonlyArray<AnyWorkflow>
  const found = judgeRuns(file, workflows, bodies.finished, runs)
  const { executions, foreignHandOvers, handOvers } = bodies
  return {
    ...chaos.done,
    violations: [crew, chaos, history, bodies, found].flatMap((it) => it.violations),
    runs,
    phases: found.phases,
    grants: history.grants,
    waits: history.waits,
    executions,
    handOvers,
    foreignHandOvers,
    seconds
  }
}

const askedIn = (changes: ReadonlyArray<Change>): Asked => {
  const asked = new Map<string, Array<number>>()
  for (const { at, now, path, run, was, what } of changes) {
    if (what !== "request" || was >= 0 || now < 0) continue
    const key = `${run} ${path}`
    asked.set(key, [...asked.get(key) ?? [], at])
  }
  return asked
}
