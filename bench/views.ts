/** Views: what it costs to open a run of 10,000 nodes, and to look at it again once one of them has changed. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { open, type Pinnace, Schema, task, workflow } from "../mod.ts"
import { load } from "../src/argo/mod.ts"
import type { JournalError } from "../src/journal/JournalError.ts"
import type { Recorded } from "../src/run/Event.ts"
import { openManifest, type OpenRun, openRun } from "../src/view/readRun.ts"
import { type RunSource, sourceOf } from "../src/view/RunSource.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const viewFigures = {
  typedOpen: "a typed run of 10,000 nodes is opened, cpu",
  typedChange: "a typed run of 10,000 nodes after one of them changed, cpu",
  manifestOpen: "a manifest's run of 10,000 nodes is opened, cpu",
  manifestChange: "a manifest's run of 10,000 nodes after one of them changed, cpu",
  argoOpen: "Argo's view of a run of 10,000 nodes with their values is opened, cpu",
  argoChange: "Argo's view of a run of 10,000 nodes after one of them changed, cpu"
} as const

const size = 10_000
/** Changes that are taken in one after the other, since one alone is too short to be measured. */
const changes = 200

const rest = task("rest", { input: { n: Schema.Number }, run: () => undefined })
const typed = workflow("typed", {}, (w) => {
  w.map("items", Array.from({ length: size }, (_, n) => n), rest, (n) => ({ n }))
})
const manifest = `kind: Workflow
metadata: {name: wide}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: rest, template: rest, withSequence: {count: "${size}"}}]]
  - {name: rest, suspend: {duration: "0"}}
`

/** Every figure, the median of `reps` times and as many before to warm up. */
export const measureViews = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "views-"))
  const pinnace = await open(join(folder, "state.db"))
  try {
    const runs = [await pinnace.start(typed), await pinnace.start(load(manifest), { parameters: {} })]
    for (const run of runs) await run.ending()
    const [typedRun, manifestRun] = [runs[0]!.id, runs[1]!.id]
    const first = await figuresOf(pinnace, typedRun, reps, openRun)
    const second = await figuresOf(pinnace, manifestRun, reps, openRun)
    const third = await figuresOf(pinnace, manifestRun, reps, openManifest)
    return [
      { name: viewFigures.typedOpen, value: first.open, unit: "ms" },
      { name: viewFigures.typedChange, value: first.change, unit: "ms" },
      { name: viewFigures.manifestOpen, value: second.open, unit: "ms" },
      { name: viewFigures.manifestChange, value: second.change, unit: "ms" },
      { name: viewFigures.argoOpen, value: third.open, unit: "ms" },
      { name: viewFigures.argoChange, value: third.change, unit: "ms" }
    ]
  } finally {
    await pinnace.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Open = (source: RunSource, id: string) => Effect.Effect<OpenRun<unknown> | undefined, JournalError>

const figuresOf = async (pinnace: Pinnace, id: string, reps: number, open: Open) => {
  const [opening, changing]: [Array<number>, Array<number>] = [[], []]
  for (let rep = -reps; rep < reps; rep++) {
    const replay = await Replay.of(sourceOf(pinnace.engine), id)
    const run = (await Effect.runPromise(open(replay.source, id)))!
    opening.push(
      await cpu(async () => {
        const again = (await Effect.runPromise(open(sourceOf(pinnace.engine), id)))!
        await Effect.runPromise(again.look)
      })
    )
    await Effect.runPromise(run.look)
    changing.push(
      await cpu(async () => {
        for (let n = 0; n < changes; n++) {
          replay.next()
          await Effect.runPromise(run.look)
        }
      }) / changes
    )
  }
  return { open: median(opening.slice(reps)), change: median(changing.slice(reps)) }
}

/** A run to which things happen that are in no file. */
class Replay {
  readonly source: RunSource
  readonly #paths: ReadonlyArray<string>
  #news: ReadonlyArray<Recorded> = []
  #seq: number
  #at = 0

  private constructor(source: RunSource, seq: number, paths: ReadonlyArray<string>) {
    this.#seq = seq
    this.#paths = paths
    this.source = {
      ...source,
      events: (run, after, limit) => after < seq ? source.events(run, after, limit) : Effect.sync(() => this.#news)
    }
  }

  static async of(source: RunSource, id: string): Promise<Replay> {
    const { key } = (await Effect.runPromise(source.findRun(id)))!
    const [seq, nodes] = await Effect.runPromise(Effect.all([source.lastSeq(key), source.nodes(key)]))
    return new Replay(source, seq, nodes.map(({ path }) => path))
  }

  /** Something is told of a node. */
  next(): void {
    const path = this.#paths[this.#at++ * 37 % this.#paths.length]!
    const event = { type: "NodeProgress", path, done: 1, total: 2 } as const
    this.#news = [{ run: "", seq: ++this.#seq, at: this.#seq, event }]
  }
}

const cpu = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1_000
}
