/** What the bench is expected to show. A missed bar is a fact to report, not a failure of the bench. */
import { type ArtifactRow, smallObjects } from "./artifacts.ts"
import { cliFigures } from "./cli.ts"
import type { ContestantName } from "./contestants.ts"
import { historyFigures, historyRow } from "./history.ts"
import { manifestFigures } from "./manifests.ts"
import { lastingFigures } from "./lasting.ts"
import { type Pause, pauseFigures, pauseRow } from "./pauses.ts"
import { permitFigures } from "./permits.ts"
import { noticeFigure, postgresFigures, postgresPeerFigures } from "./postgres.ts"
import { poolFigures } from "./pools.ts"
import { reuseFigures } from "./reuse.ts"
import { serverFigures } from "./server.ts"
import { viewFigures } from "./views.ts"
import type { Durability } from "./Request.ts"
import { find, nodesPerSecond, peakMemory, type Result, timesFaster, typicalMillis } from "./Result.ts"

/** One expectation, and what became of it. */
export interface Verdict {
  readonly name: string
  readonly actual: number
  readonly required: number
  /** Whether `actual` has to reach `required`, or to stay within it. */
  readonly direction: "at least" | "at most"
  readonly unit: string
  readonly met: boolean
  /** How far off it is, in percent of what is required; 0 when met. */
  readonly missedBy: number
}

interface Bar extends Pick<Verdict, "name" | "required" | "direction" | "unit"> {
  /** `undefined` when this run did not measure it. */
  readonly actual: (result: Result) => number | undefined
}

const faster =
  (workload: string, durability: Durability, than: ContestantName, at: Durability = durability) => (result: Result) => {
    const ours = find(result, workload, durability, "pinnace")
    const theirs = find(result, workload, at, than)
    return ours === undefined || theirs === undefined ? undefined : timesFaster(ours, theirs)
  }

const againstPrototype = [
  "chain-1000",
  "wide-1000",
  "wide-10000",
  "layered-10000",
  "runs-1000x5",
  "latency",
  "recovery"
]
const durabilities: ReadonlyArray<Durability> = ["power", "process"]

const flatness = (durability: Durability) => (result: Result) => {
  const small = find(result, "scale-1000", durability, "pinnace")
  const large = find(result, "scale-100000", durability, "pinnace")
  return small === undefined || large === undefined ? undefined : timesFaster(small, large)
}

const memory = (workload: string, durability: Durability) => (result: Result) => {
  const series = find(result, workload, durability, "pinnace")
  return series === undefined ? undefined : peakMemory(series)
}

/** Nodes a second, or milliseconds where a workload is not about throughput. */
const figure = (workload: string, durability: Durability) => (result: Result) => {
  const series = find(result, workload, durability, "pinnace")
  if (series === undefined) return undefined
  return series.workload.kind === "throughput" ? nodesPerSecond(series) : typicalMillis(series)
}

/**
 * Half of what the prototype reached on the 2-core machine on
 * which the bars were set; absolute, so they say less than ratios.
 */
const halfOfStated: ReadonlyArray<readonly [workload: string, durability: Durability, required: number]> = [
  ["chain-1000", "power", 1_900],
  ["chain-1000", "process", 6_500],
  ["wide-10000", "power", 16_000],
  ["runs-1000x5", "power", 13_000],
  ["latency", "power", 1.6],
  ["recovery", "power", 400]
]

const permits = (name: string) => ({ permits }: Result) =>
  permits.findLast((row) => row.name === name && row.durability === "process")?.value

const commandLine = (name: string) => ({ cli }: Result) => cli.find((row) => row.name === name)?.value

const importCost = ({ coldStart }: Result) =>
  coldStart === undefined ? undefined : (coldStart.pinnace - coldStart.bare) / (coldStart.effect - coldStart.bare)

const atLeast = { direction: "at least", unit: "x" } as const
const atMost = { direction: "at most", unit: "x" } as const

const artifact = (row: string, figure: (row: ArtifactRow) => number | undefined) => ({ artifacts }: Result) => {
  const found = artifacts.find(({ name }) => name.includes(row))
  return found === undefined ? undefined : figure(found)
}

const artifactBars: ReadonlyArray<Bar> = [
  {
    ...atMost,
    name: "1 GiB into a directory: time of cp, sync and sha256sum",
    required: 1.5,
    actual: artifact("sha256sum", ({ ratio }) => ratio)
  },
  {
    ...atMost,
    name: "1 GiB into S3: time of the SDK's own upload",
    required: 1.15,
    actual: artifact("SDK", ({ ratio }) => ratio)
  },
  {
    ...atLeast,
    unit: "/s",
    name: "small artifacts put, read and deleted",
    required: 2_000,
    actual: artifact("small", ({ ours }) => smallObjects / ours * 1_000)
  }
]

/** The bars. */
export const bars: ReadonlyArray<Bar> = [
  ...againstPrototype.flatMap((workload) =>
    durabilities.map((durability): Bar => ({
      ...atLeast,
      name: `${workload}, ${durability}: speed of the prototype`,
      required: 0.5,
      actual: faster(workload, durability, "prototype")
    }))
  ),
  ...["wide-1000", "wide-10000", "runs-1000x5"].map((workload): Bar => ({
    ...atLeast,
    name: `${workload}, power: speed of OpenWorkflow`,
    required: 10,
    actual: faster(workload, "power", "openworkflow")
  })),
  {
    ...atLeast,
    name: "chain-1000, process: speed of OpenWorkflow at its own level (power)",
    required: 5,
    actual: faster("chain-1000", "process", "openworkflow", "power")
  },
  ...durabilities.map((durability): Bar => ({
    ...atMost,
    name: `cost of a node at 100,000 nodes to that at 1,000, ${durability}`,
    required: 1.3,
    actual: flatness(durability)
  })),
  ...["scale-100000", "map-100000"].flatMap((workload) =>
    durabilities.map((durability): Bar => ({
      ...atMost,
      name: `${workload}, ${durability}: peak memory`,
      required: 400,
      unit: " MiB",
      actual: memory(workload, durability)
    }))
  ),
  ...halfOfStated.map(([workload, durability, required]): Bar => ({
    ...(["latency", "recovery"].includes(workload) ? { ...atMost, unit: " ms" } : { ...atLeast, unit: "/s" }),
    name: `${workload}, ${durability}: half of the stated figure of the prototype`,
    required,
    actual: figure(workload, durability)
  })),
  ...artifactBars,
  {
    ...atLeast,
    name: "permits taken and given back, process",
    required: 10_000,
    unit: "/s",
    actual: permits(permitFigures.uncontended)
  },
  {
    ...atMost,
    name: "a mutex handed over between two processes, process, p50",
    required: 10,
    unit: " ms",
    actual: permits(permitFigures.handOver)
  },
  ...(Object.keys(pauseFigures) as Array<Pause["name"]>).flatMap((pause) =>
    ([["p99", 20], ["max", 50]] as const).map(([which, required]): Bar => ({
      ...atMost,
      unit: " ms",
      name: pauseRow(pause, which),
      required,
      actual: commandLine(pauseRow(pause, which))
    }))
  ),
  ...(Object.keys(historyFigures) as Array<keyof typeof historyFigures>).map((name): Bar => ({
    ...atMost,
    name: historyRow(name),
    required: 1.3,
    actual: commandLine(historyRow(name))
  })),
  { ...atMost, unit: " ms", name: cliFigures.npmList, required: 150, actual: commandLine(cliFigures.npmList) },
  { ...atMost, unit: " ms", name: cliFigures.bun, required: 40, actual: commandLine(cliFigures.bun) },
  { ...atMost, unit: " x", name: manifestFigures.npm, required: 1.4, actual: commandLine(manifestFigures.npm) },
  { ...atMost, unit: " x", name: manifestFigures.bun, required: 1.4, actual: commandLine(manifestFigures.bun) },
  { ...atMost, unit: " x", name: manifestFigures.npmCpu, required: 1.4, actual: commandLine(manifestFigures.npmCpu) },
  ...([[manifestFigures.sandboxed, 8], [manifestFigures.lint, 500], [manifestFigures.lintCpu, 500]] as const).map((
    [name, required]
  ): Bar => ({ ...atMost, unit: " ms", name, required, actual: commandLine(name) })),
  ...([[viewFigures.typedOpen, 50], [viewFigures.typedChange, 1], [viewFigures.manifestOpen, 50], [
    viewFigures.manifestChange,
    1
  ], [viewFigures.argoChange, 1]] as const).map(([name, required]): Bar => ({
    ...atMost,
    unit: " ms",
    name,
    required,
    actual: commandLine(name)
  })),
  ...([
    [lastingFigures.instants, 100, " ms"],
    [lastingFigures.missed, 100, " ms"],
    [lastingFigures.fire, 50, " ms"],
    [lastingFigures.memory, 10_240, " KB"],
    [lastingFigures.step, 0.7, " ms"],
    [lastingFigures.restart, 250, " ms"],
    [lastingFigures.expand, 1.5, "x"]
  ] as const).map(([name, required, unit]): Bar => ({
    ...atMost,
    unit,
    name,
    required,
    actual: commandLine(name)
  })),
  ...([[reuseFigures.hits, 500], [reuseFigures.hit, 0.15], [reuseFigures.lookUp, 0.05], [reuseFigures.cold, 100], [
    reuseFigures.warm,
    10
  ]] as const).map(([name, required]): Bar => ({
    ...atMost,
    unit: " ms",
    name,
    required,
    actual: commandLine(name)
  })),
  ...([
    [serverFigures.list, 20, " ms"],
    [serverFigures.run, 60, " ms"],
    [serverFigures.node, 2, " ms"],
    // 1,000 events a second to 50 clients cost at most a quarter of a core.
    [serverFigures.stream, 250, " ms"],
    [serverFigures.ui, 2.5, " x"],
    [serverFigures.uiBun, 2.5, " x"],
    [serverFigures.uiSea, 2.5, " x"]
  ] as const).map(([name, required, unit]): Bar => ({ ...atMost, unit, name, required, actual: commandLine(name) })),
  ...Object.values(postgresFigures).map((name): Bar => ({
    ...atLeast,
    name,
    required: 0.5,
    actual: commandLine(name)
  })),
  ...Object.values(postgresPeerFigures).flatMap((figures) => Object.values(figures)).map(([name, required]): Bar => ({
    ...atLeast,
    name,
    required,
    actual: commandLine(name)
  })),
  { ...atMost, unit: " ms", name: noticeFigure, required: 20, actual: commandLine(noticeFigure) },
  ...Object.values(poolFigures).map((name): Bar => ({
    ...atLeast,
    unit: "/s",
    name,
    required: 1_000,
    actual: commandLine(name)
  })),
  { ...atMost, unit: " %", name: cliFigures.view, required: 5, actual: commandLine(cliFigures.view) },
  { ...atMost, name: `import "pinnace" to import "effect/Effect"`, required: 2, actual: importCost }
]

/** Judges every bar that was measured. */
export const judge = (result: Result): ReadonlyArray<Verdict> =>
  bars.flatMap(({ actual: find, ...bar }) => {
    const actual = find(result)
    if (actual === undefined) return []
    const met = bar.direction === "at least" ? actual >= bar.required : actual <= bar.required
    return [{ ...bar, actual, met, missedBy: met ? 0 : Math.abs(actual / bar.required - 1) * 100 }]
  })
