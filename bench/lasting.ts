/** What outlives a process: instants of schedules, steps of flows, graphs that are made of a value. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import { cron, every, flow, open, type Pinnace, schedule, Schema, signal, task, workflow } from "../mod.ts"
import { stored } from "../src/schedule/fires.ts"
import { begun, scheduleSpace } from "../src/schedule/State.ts"
import { between, timingOf } from "../src/schedule/timing.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"
import { cpuOf, timed } from "./timed.ts"

/** What is measured, by what it is called in the report. */
export const lastingFigures = {
  instants: "10,000 instants of a daily pattern in New York",
  missed: "a process opens and decides 10,000 missed instants",
  fire: "a run of a schedule begins, after its instant",
  memory: "1,000 schedules in memory",
  step: "a step of a flow, of 2,000 at process durability, cpu",
  restart: "a flow goes on after a restart with 4,000 steps, cpu",
  expand: "a node of an expanded graph of 20,000, against one of 2,000, cpu"
} as const

const minute = 60_000
const many = 10_000
const note = task("note", { run: () => {} })
const noted = workflow("noted", {}, (w) => void w.node("note", note))

/** Every figure; times are medians of `reps`. */
export const measureLasting = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "lasting-"))
  let files = 0
  const file = () => join(folder, `${files++}.db`)
  const often = async (measure: () => number | Promise<number>): Promise<number> => {
    const all: Array<number> = []
    for (let rep = 0; rep < reps; rep++) all.push(await measure())
    return median(all)
  }
  // The first graph is made by code that is not compiled yet.
  const grows = async (): Promise<number> => {
    await expanded(file(), 2_000)
    return await often(async () => await expanded(file(), 20_000) / await expanded(file(), 2_000))
  }
  const row = (name: string, value: number, unit: CliRow["unit"] = "ms"): CliRow => ({ name, value, unit })
  try {
    return [
      row(lastingFigures.instants, await often(instants)),
      row(lastingFigures.missed, await often(() => missed(file()))),
      row(lastingFigures.fire, await fire(file())),
      row(lastingFigures.memory, await memory(file()), "KB"),
      row(lastingFigures.step, await often(async () => (await steps(file(), 2_000)).perStep)),
      row(lastingFigures.restart, await often(async () => (await steps(file(), 4_000)).restart)),
      row(lastingFigures.expand, await grows(), "x")
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const instants = (): Promise<number> => {
  const timing = timingOf(cron("30 2 * * *", { zone: "America/New_York" }))
  return timed(() => between(timing, Date.parse("2026-01-01T00:00Z"), Infinity, many))
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resume) => setTimeout(resume, 1))
}

/** A schedule that nobody has kept for so many minutes. */
const missed = async (file: string): Promise<number> => {
  const before = await open(file)
  const state = begun(noted.name, `* * * * * Europe/Berlin`, Date.now() - many * minute)
  const cell = { kind: "cell", space: scheduleSpace, key: "old", was: null, data: JSON.stringify(state) } as const
  await Effect.runPromise(stored(before.engine, [cell]))
  await before.close()
  const old = schedule("old", cron("* * * * *", { zone: "Europe/Berlin" }), noted, { catchUp: "none" })
  let pinnace: Pinnace | undefined
  const took = await timed(async () => {
    const opened = pinnace = await open(file, { schedules: [old] })
    await until(async () => (await opened.schedule(old).fires({ limit: 1 })).length > 0)
  })
  await pinnace?.close()
  return took
}

/** How long after its instant a run is created; of three. */
const fire = async (file: string): Promise<number> => {
  const pinnace = await open(file, { schedules: [schedule("beat", every("1 second"), noted, { overlap: "allow" })] })
  await until(async () => (await pinnace.list()).length >= 3)
  const runs = await pinnace.list()
  await pinnace.close()
  return median(runs.map(({ createdAt, labels }) => Number(createdAt) - Date.parse(labels["pinnace/due"]!)))
}

const collect = (): void => {
  setFlagsFromString("--expose-gc")
  ;(runInNewContext("gc") as () => void)()
}

const memory = async (file: string): Promise<number> => {
  const schedules = Array.from({ length: 1_000 }, (_, n) => schedule(`s${n}`, cron("0 0 1 1 *"), noted))
  await (await open(file)).close()
  collect()
  const before = process.memoryUsage().heapUsed
  const pinnace = await open(file, { schedules })
  await until(async () => (await pinnace.schedules()).length === 1_000)
  collect()
  const used = process.memoryUsage().heapUsed - before
  await pinnace.close()
  return used / 1024
}

/** Milliseconds of the processor for a step, and from `open` until the flow waits again. */
const steps = async (file: string, count: number): Promise<{ readonly perStep: number; readonly restart: number }> => {
  const go = signal("go", Schema.Number)
  let reached: () => void = () => {}
  const long = flow("long", { output: Schema.Number }, async (_, f) => {
    for (let n = 0; n < count; n++) await f.step(`s${n}`, () => n)
    reached()
    return f.receive(go)
  })
  const arrival = () => new Promise<void>((resume) => reached = resume)
  const first = await open(file, { workflows: [long], durability: "process" })
  const there = arrival()
  const took = await cpuOf(async () => {
    await first.start(long, undefined, { id: "it" })
    await there
  })
  await first.close()
  const again = arrival()
  let second: Pinnace | undefined
  const restart = await cpuOf(async () => {
    second = await open(file, { workflows: [long], durability: "process" })
    await again
  })
  const run = await second!.get("it")
  await run!.signal("go", 1)
  await run!.result()
  await second!.close()
  return { perStep: took / count, restart }
}

/** Milliseconds of the processor for a node. */
const expanded = async (file: string, count: number): Promise<number> => {
  const names = task("names", {
    output: Schema.Array(Schema.Number),
    run: () => Array.from({ length: count }, (_, n) => n)
  })
  const wide = workflow("wide", {}, (w) => {
    w.expand("made", w.node("names", names), (found, g) => {
      for (const n of found) g.node(`n${n}`, note)
    })
  })
  const pinnace = await open(file, { durability: "process" })
  const took = await cpuOf(() => pinnace.run(wide))
  await pinnace.close()
  return took / count
}
