/** What tracing and metrics cost: CPU time of 10,000 nodes side by side, each beside one without, in turns. */
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** What is on, by what it is called in the report. */
export const telemetryFigures = {
  unsampled: "10,000 nodes traced, not chosen: more CPU time",
  sampled: "10,000 nodes traced to a collector: more CPU time",
  metrics: "10,000 nodes counted: more CPU time"
} as const

/** One of them. */
export type TelemetryName = keyof typeof telemetryFigures

const names = Object.keys(telemetryFigures) as ReadonlyArray<TelemetryName>

/** All of them, in percent of what the same costs without; pairs follow each other, the order changes. */
export const measureTelemetry = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const collector = createServer((request, response) => request.resume().on("end", () => response.end("{}")))
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`
  try {
    const more = new Map<TelemetryName, Array<number>>(names.map((name) => [name, []]))
    for (let rep = 0; rep < reps; rep++) {
      for (const name of names) {
        const order = rep % 2 === 0 ? ["off", name] : [name, "off"]
        const cpu = new Map<string, number>()
        for (const one of order) cpu.set(one, await once(one, url, scratch))
        more.get(name)!.push(100 * (cpu.get(name)! / cpu.get("off")! - 1))
      }
    }
    return names.map((name): CliRow => ({
      name: telemetryFigures[name],
      value: median(more.get(name)!),
      unit: "%"
    }))
  } finally {
    collector.close()
  }
}

const once = async (what: string, url: string, scratch: string): Promise<number> => {
  const folder = mkdtempSync(join(scratch, "telemetry-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/telemetry.js")
    const { answer, code, errors } = await spawnNode([program, join(folder, "state.db"), what, url])
    if (code !== 0 || answer === undefined) throw new Error(`telemetry ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as number
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
