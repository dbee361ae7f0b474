/** What outlives a process: instants of schedules, steps of flows, graphs that are made of a value. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import {
  cron,
  every,
  flow,
  open,
  type Pinnace,
  schedule,
  Schema,
  signal,
  task,
  type Workflow,
  workflow
} from "../mod.ts"
import { stored } from "../src/schedule/fires.ts"
import { begun, scheduleSpace } from "../src/schedule/State.ts"
import { between, timingOf } from "../src/schedule/timing.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"
import { cpuOf } from "./timed.ts"

/** What is measured, by what it is called in the report. */
export const lastingFigures = {
  instants: "10,000 instants of a daily pattern in New York, cpu",
  missed: "a process opens and decides 10,000 missed instants, cpu",
  fire: "a run of a schedule begins, after its instant",
  fires: "instants that start a run each, at process durability, cpu",
  memory: "1,000 schedules in memory",
  step: "a step of a flow, of 2,000 at process durability, cpu",
  restart: "a flow goes on after a restart with 4,000 steps, cpu",
  long: "a step of a flow of 10,000, against one of 1,000, cpu",
  kept: "memory that 10,000 steps of a flow leave",
  waits: "memory of a run whose flow waits, of 5,000",
  body: "memory of its body, beyond a graph that waits",
  wide: "a step of 10,000 side by side is found after a restart, against one of 1,000, cpu",
  link: "a link of a chain of 1,000, against one of 100, its first one waited for, cpu",
  expand: "a node of an expanded graph of 100,000, against one of 2,000, cpu"
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
    return await often(async () => await expanded(file(), 100_000) / await expanded(file(), 2_000))
  }
  const longer = async (): Promise<number> => {
    const [large, small] = [await steps(file(), 10_000), await steps(file(), 1_000)]
    return large.perStep / small.perStep
  }
  const wider = async (): Promise<number> => {
    const [large, small] = [await steps(file(), 10_000, true), await steps(file(), 1_000, true)]
    return large.restart / small.restart / 10
  }
  const row = (name: string, value: number, unit: CliRow["unit"] = "ms"): CliRow => ({ name, value, unit })
  try {
    return [
      row(lastingFigures.instants, await often(instants)),
      row(lastingFigures.missed, await often(() => missed(file()))),
      row(lastingFigures.fire, await fire(file())),
      row(lastingFigures.fires, 1_000 / await often(() => fires(file())), "/s"),
      row(lastingFigures.memory, await memory(file()), "KB"),
      row(lastingFigures.step, await often(async () => (await steps(file(), 2_000)).perStep)),
      row(lastingFigures.restart, await often(async () => (await steps(file(), 4_000)).restart)),
      row(lastingFigures.long, await often(longer), "x"),
      row(lastingFigures.kept, await kept(file()), "KB"),
      ...await waiting(file).then(([waits, body]) => [
        row(lastingFigures.waits, waits, "KB"),
        row(lastingFigures.body, body, "KB")
      ]),
      row(lastingFigures.wide, await often(wider), "x"),
      row(lastingFigures.link, await often(async () => await links(file(), 1_000) / await links(file(), 100)), "x"),
      row(lastingFigures.expand, await grows(), "x")
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const instants = (): Promise<number> => {
  const timing = timingOf(cron("30 2 * * *", { zone: "America/New_York" }))
  return cpuOf(() => between(timing, Date.parse("2026-01-01T00:00Z"), Infinity, many))
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
  const took = await cpuOf(async () => {
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

const filled = 2_000

/** Milliseconds of the processor for an instant whose run is started and ends. */
const fires = async (file: string): Promise<number> => {
  const tick = schedule("tick", every("1 minute"), noted, { overlap: "allow" })
  const pinnace = await open(file, { schedules: [tick], durability: "process" })
  const until = Math.floor(Date.now() / minute) * minute
  const took = await cpuOf(async () => {
    const handle = pinnace.schedule(tick)
    const { id } = await handle.backfill({ from: until - filled * minute, until, parallelism: 100 })
    await handle.backfillEnd(id)
  })
  await pinnace.close()
  return took / filled
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
const steps = async (
  file: string,
  count: number,
  sideBySide = false
): Promise<{ readonly perStep: number; readonly restart: number }> => {
  const go = signal("go", Schema.Number)
  let reached: () => void = () => {}
  const long = flow("long", { output: Schema.Number }, async (_, f) => {
    if (sideBySide) await f.all(Array.from({ length: count }, (_, n) => f.step(`s${n}`, () => n)))
    else for (let n = 0; n < count; n++) await f.step(`s${n}`, () => n)
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

const waiters = 5_000

/** Kilobytes of a run while its flow waits, and how many of them a graph that waits does without. */
const waiting = async (file: () => string): Promise<readonly [number, number]> => {
  const go = signal("go", Schema.Number)
  const asks = flow("asks", { output: Schema.Number }, (_, f) => f.receive(go))
  const graph = workflow("graph", {}, (w) => w.suspend(go))
  const ofGraph = await held(file(), graph)
  const ofFlow = await held(file(), asks)
  return [ofFlow, ofFlow - ofGraph]
}

const held = async (file: string, workflow: Workflow<void, number>): Promise<number> => {
  const pinnace = await open(file, { workflows: [workflow], durability: "process" })
  const first = await pinnace.start(workflow)
  collect()
  const before = process.memoryUsage().heapUsed
  const runs = await Promise.all(Array.from({ length: waiters }, () => pinnace.start(workflow)))
  for (const run of [first, ...runs]) await run.waitFor("go", "waiting")
  runs.length = 0
  collect()
  const used = process.memoryUsage().heapUsed - before
  await pinnace.close()
  return used / 1024 / waiters
}

/** Kilobytes that the steps of a flow hold while it waits, of 10,000. */
const kept = async (file: string): Promise<number> => {
  const go = signal("go", Schema.Number)
  let reached: () => void = () => {}
  const long = flow("kept", { output: Schema.Number }, async (_, f) => {
    for (let n = 0; n < many; n++) await f.step(`s${n}`, () => n)
    reached()
    return f.receive(go)
  })
  const pinnace = await open(file, { workflows: [long], durability: "process" })
  collect()
  const before = process.memoryUsage().heapUsed
  const there = new Promise<void>((resume) => reached = resume)
  const run = await pinnace.start(long)
  await there
  collect()
  const used = process.memoryUsage().heapUsed - before
  await run.signal("go", 1)
  await run.result()
  await pinnace.close()
  return used / 1024
}

/** Milliseconds of the processor for a link of a chain. */
const links = async (file: string, count: number): Promise<number> => {
  const chain = flow("chain", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
    await f.step("one", () => n)
    return n < count ? f.continueAs(n + 1) : n
  })
  const pinnace = await open(file, { durability: "process" })
  const took = await cpuOf(() => pinnace.run(chain, 1))
  await pinnace.close()
  return took / count
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
