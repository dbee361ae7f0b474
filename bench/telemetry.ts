/** What tracing and metrics cost: CPU time of 10,000 nodes side by side, each beside one without, in turns. */
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** What is on, by what it is called in the report; `again` has neither, as what all are compared with. */
export const telemetryFigures = {
  again: "10,000 nodes with tracing and metrics off, twice: difference of CPU time",
  unsampled: "10,000 nodes traced, not chosen: more CPU time",
  sampled: "10,000 nodes traced to a collector: more CPU time",
  metrics: "10,000 nodes counted: more CPU time"
} as const

/** What the row of how far these may be off is called: the largest standard error of their medians. */
export const telemetryNoise = "10,000 nodes traced and counted: standard error of these figures"

/** One of them. */
export type TelemetryName = keyof typeof telemetryFigures

/** CPU time of each in one turn, in milliseconds. */
export type Turn = Readonly<Record<TelemetryName | "off", number>>

const names = Object.keys(telemetryFigures) as ReadonlyArray<TelemetryName>
/** With fewer turns the noise is larger than what is looked for. */
const fewest = 9

/** All of them, in percent of what the same costs without. */
export const measureTelemetry = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const collector = createServer((request, response) => request.resume().on("end", () => response.end("{}")))
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`
  try {
    const turns = await turnsOf(Math.max(fewest, reps), url, scratch)
    const more = names.map((name) => ({ name, percents: turns.map((turn) => percentOf(turn, name)) }))
    const rows = more.map(({ name, percents }) => rowOf(telemetryFigures[name], median(percents)))
    return [...rows, rowOf(telemetryNoise, Math.max(...more.map(({ percents }) => errorOf(percents))))]
  } finally {
    collector.close()
  }
}

const rowOf = (name: string, value: number): CliRow => ({ name, value, unit: "%" })

/** Compared with both that have neither, which halves what chance does to one. */
const percentOf = (turn: Turn, name: TelemetryName): number => {
  const without = name === "again" ? turn.off : (turn.off + turn.again) / 2
  return 100 * (turn[name] / without - 1)
}

/** The standard error of a median, by the spread of the values around it: one outlier does not count. */
const errorOf = (values: ReadonlyArray<number>): number => {
  const middle = median(values)
  const spread = 1.4826 * median(values.map((it) => Math.abs(it - middle)))
  return 1.2533 * spread / Math.sqrt(values.length)
}

const turnsOf = async (reps: number, url: string, scratch: string): Promise<ReadonlyArray<Turn>> => {
  const folder = mkdtempSync(join(scratch, "telemetry-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/telemetry.js")
    const { answer, code, errors } = await spawnNode(["--expose-gc", program, folder, url, String(reps)], 900_000)
    if (code !== 0 || answer === undefined) throw new Error(`telemetry ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as ReadonlyArray<Turn>
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
