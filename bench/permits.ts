/** Permits: how fast they are taken and given back, and how fast a mutex goes from one process to another. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Durability } from "./Request.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median, quantile } from "./statistics.ts"

/** One figure; a median of the repetitions. */
export interface PermitRow {
  readonly name: string
  readonly durability: Durability
  readonly value: number
  readonly unit: "/s" | "ms"
}

/** What the processes are asked to do, by what it is called in the report. */
export const permitFigures = {
  uncontended: "permits taken and given back, nobody else wants them",
  nodes: "nodes side by side that take one each, nobody else wants them",
  keyed: "nodes side by side that take one of a key each, of 100 keys",
  waiters: "1,000 nodes that wait for one mutex",
  handOver: "a mutex handed over between two processes, p50",
  handOverP90: "a mutex handed over between two processes, p90"
} as const

const durabilities: ReadonlyArray<Durability> = ["power", "process"]

/** Every figure at both durabilities, or at one, `reps` times. */
export const measurePermits = async (
  reps: number,
  scratch: string,
  wanted: string | undefined
): Promise<ReadonlyArray<PermitRow>> => {
  const rows: Array<PermitRow> = []
  for (const durability of durabilities.filter((it) => wanted === undefined || it === wanted)) {
    const rate = async (subject: string, name: string): Promise<PermitRow> => {
      const values: Array<number> = []
      for (let rep = 0; rep < reps; rep++) values.push((await alone(subject, durability, scratch)).perSecond)
      return { name, durability, value: median(values), unit: "/s" }
    }
    rows.push(await rate("uncontended", permitFigures.uncontended))
    rows.push(await rate("nodes", permitFigures.nodes))
    rows.push(await rate("keyed", permitFigures.keyed))
    rows.push(await rate("waiters", permitFigures.waiters))
    const gaps: Array<number> = []
    for (let rep = 0; rep < reps; rep++) gaps.push(...await handOvers(durability, scratch))
    rows.push({ name: permitFigures.handOver, durability, value: quantile(gaps, 0.5), unit: "ms" })
    rows.push({ name: permitFigures.handOverP90, durability, value: quantile(gaps, 0.9), unit: "ms" })
  }
  return rows
}

const alone = (subject: string, durability: Durability, scratch: string): Promise<{ readonly perSecond: number }> =>
  onFile(scratch, (file) => ask(subject, file, durability))

const onFile = async <A>(scratch: string, use: (file: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(scratch, "permits-"))
  try {
    return await use(join(folder, "state.db"))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ask = async <A>(subject: string, file: string, durability: Durability): Promise<A> => {
  const program = join(root, "bench/dist/bench/subjects/permits.js")
  const { answer, code, errors, signal } = await spawnNode([program, subject, JSON.stringify({ file, durability })])
  if (code !== 0 || answer === undefined) {
    throw new Error(`permits ${subject} ended with ${code ?? signal}:\n${errors.slice(0, 2_000)}`)
  }
  return JSON.parse(answer) as A
}

/** When a process held the mutex, in milliseconds since the epoch. */
type Turns = ReadonlyArray<readonly [begin: number, end: number]>

/** Milliseconds from the end of a holder to the beginning of the next one in the other process, which was waiting. */
const handOvers = (durability: Durability, scratch: string): Promise<ReadonlyArray<number>> =>
  onFile(scratch, async (file) => {
    const both = await Promise.all([0, 1].map(() => ask<Turns>("turns", file, durability)))
    const turns = both.flatMap((own, process) => own.map(([begin, end]) => ({ process, begin, end })))
      .sort((a, b) => a.begin - b.begin)
    const overlapping = turns.find((turn, at) => at > 0 && turn.begin < turns[at - 1]!.end)
    if (overlapping !== undefined) throw new Error("A mutex was held twice at once")
    // The first turns of a process meet nobody, or code that is not compiled yet.
    return turns.slice(1).flatMap((turn, at) =>
      turn.process === turns[at]!.process ? [] : [turn.begin - turns[at]!.end]
    )
      .slice(20)
  })
