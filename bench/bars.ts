/** What the bench is expected to show. A missed bar is a fact to report, not a failure of the bench. */
import { type ArtifactRow, smallObjects } from "./artifacts.ts"
import {
  atLeast,
  atMost,
  type Bar,
  barsOf,
  figureOf,
  judged,
  memoryOf,
  millis,
  permitsNamed,
  perSecond,
  rowNamed,
  speedOf,
  type Verdict
} from "./Bar.ts"
import { cliFigures } from "./cli.ts"
import { historyFigures, historyRow } from "./history.ts"
import { lastingFigures } from "./lasting.ts"
import { manifestFigures } from "./manifests.ts"
import { deletionsTime, longestPause, pauseFigures, pauseRow } from "./pauses.ts"
import { permitFigures } from "./permits.ts"
import { poolFigures } from "./pools.ts"
import { noticeFigure, postgresFigures, postgresPeerFigures } from "./postgres.ts"
import type { Durability } from "./Request.ts"
import { find, type Result, timesFaster } from "./Result.ts"
import { reuseFigures } from "./reuse.ts"
import { serverFigures } from "./server.ts"
import { longestTurn, stallFigures, stallRow } from "./stalls.ts"
import { telemetryFigures, telemetryNoise } from "./telemetry.ts"
import { viewFigures } from "./views.ts"

const durabilities: ReadonlyArray<Durability> = ["power", "process"]

/** Shares of the speed of the prototype, which does the least that keeps the same promises. */
const shareOfPrototype: ReadonlyArray<readonly [workload: string, power: number, process: number]> = [
  ["chain-1000", 0.9, 0.7],
  ["wide-1000", 0.6, 0.6],
  ["wide-10000", 0.6, 0.6],
  ["layered-10000", 0.6, 0.6],
  ["runs-1000x5", 0.6, 0.6],
  ["latency", 0.6, 0.6],
  ["recovery", 0.6, 0.6]
]

const againstPrototype: ReadonlyArray<Bar> = shareOfPrototype.flatMap(([workload, ...shares]) =>
  durabilities.map((durability, at): Bar => ({
    ...atLeast,
    name: `${workload}, ${durability}: speed of the prototype`,
    required: shares[at]!,
    actual: speedOf(workload, durability, "prototype")
  }))
)

const againstOpenWorkflow: ReadonlyArray<Bar> = [
  ...([["wide-1000", 20], ["wide-10000", 20], ["runs-1000x5", 12], ["chain-1000", 2]] as const).map((
    [workload, required]
  ): Bar => ({
    ...atLeast,
    name: `${workload}, process: speed of OpenWorkflow`,
    required,
    actual: speedOf(workload, "process", "openworkflow")
  })),
  {
    ...atLeast,
    name: "chain-1000, process: speed of OpenWorkflow at its own level (power)",
    required: 5,
    actual: speedOf("chain-1000", "process", "openworkflow", "power")
  }
]

const flatness = (durability: Durability) => (result: Result) => {
  const small = find(result, "scale-1000", durability, "pinnace")
  const large = find(result, "scale-100000", durability, "pinnace")
  return small === undefined || large === undefined ? undefined : timesFaster(small, large)
}

const largeRuns: ReadonlyArray<Bar> = durabilities.flatMap((durability): ReadonlyArray<Bar> => [
  {
    ...atMost,
    name: `cost of a node at 100,000 nodes to that at 1,000, ${durability}`,
    required: 1.3,
    actual: flatness(durability)
  },
  ...["scale-100000", "map-100000"].map((workload): Bar => ({
    ...atMost,
    unit: " MiB",
    name: `${workload}, ${durability}: peak memory`,
    required: 250,
    actual: memoryOf(workload, durability)
  }))
])

/**
 * Half of what the prototype reached on the 2-core machine on
 * which the bars were set; absolute, so they say less than ratios.
 */
const halfOfStated = ([
  ["chain-1000", "power", 1_900, perSecond],
  ["chain-1000", "process", 6_500, perSecond],
  ["wide-10000", "power", 16_000, perSecond],
  ["runs-1000x5", "power", 13_000, perSecond],
  ["latency", "power", 1.6, millis],
  ["recovery", "power", 400, millis]
] as const).map(([workload, durability, required, terms]): Bar => ({
  ...terms,
  name: `${workload}, ${durability}: half of the stated figure of the prototype`,
  required,
  actual: figureOf(workload, durability)
}))

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
    ...perSecond,
    name: "small artifacts put, read and deleted",
    required: 2_000,
    actual: artifact("small", ({ ours }) => smallObjects / ours * 1_000)
  }
]

const namesOf = <Name extends string>(figures: Readonly<Record<Name, unknown>>): ReadonlyArray<Name> =>
  Object.keys(figures) as Array<Name>

const pauses = namesOf(pauseFigures).flatMap((pause) =>
  ([["p99", 20], ["max", longestPause[pause] ?? 50]] as const).map(([which, required]) =>
    [pauseRow(pause, which), required] as const
  )
)

const turns = namesOf(stallFigures).map((name) => [stallRow(name, "turn"), longestTurn[name]] as const)

const startBars: ReadonlyArray<Bar> = [
  {
    ...atMost,
    name: `${cliFigures.npmList}, to ${cliFigures.bare}`,
    required: 2,
    actual: (result) => {
      const [list, bare] = [rowNamed(cliFigures.npmList)(result), rowNamed(cliFigures.bare)(result)]
      return list === undefined || bare === undefined ? undefined : list / bare
    }
  },
  {
    ...atMost,
    name: `import "pinnace" to import "effect/Schema", above a bare process`,
    required: 1.3,
    actual: ({ coldStart }) =>
      coldStart === undefined ? undefined : (coldStart.pinnace - coldStart.bare) / (coldStart.schema - coldStart.bare)
  }
]

/** What a key costs beside the permit itself. */
const keyedBar: Bar = {
  direction: "at least",
  unit: "x",
  name: `${permitFigures.keyed}: to those that take a plain one`,
  required: 0.7,
  actual: (result) => {
    const [keyed, plain] = [permitFigures.keyed, permitFigures.nodes].map((name) => permitsNamed(name)(result))
    return keyed === undefined || plain === undefined ? undefined : keyed / plain
  }
}

/** The bars. */
export const bars: ReadonlyArray<Bar> = [
  ...againstPrototype,
  ...againstOpenWorkflow,
  ...largeRuns,
  ...halfOfStated,
  ...artifactBars,
  ...startBars,
  ...barsOf(perSecond, permitsNamed, [[permitFigures.uncontended, 10_000]]),
  ...barsOf(millis, permitsNamed, [[permitFigures.handOver, 10]]),
  keyedBar,
  ...barsOf(millis, rowNamed, [...pauses, ...turns, [deletionsTime, 5_000]]),
  ...barsOf(atMost, rowNamed, namesOf(historyFigures).map((name) => [historyRow(name), 1.3])),
  ...barsOf(millis, rowNamed, [[cliFigures.bun, 40]]),
  ...barsOf({ direction: "at most", unit: " %" }, rowNamed, [
    [cliFigures.view, 5],
    [telemetryFigures.again, 1],
    [telemetryNoise, 1],
    [telemetryFigures.unsampled, 2],
    [telemetryFigures.sampled, 15],
    [telemetryFigures.metrics, 3]
  ]),
  ...barsOf(atMost, rowNamed, [
    [manifestFigures.npm, 1.4],
    [manifestFigures.bun, 1.4],
    [manifestFigures.npmCpu, 1.4]
  ]),
  ...barsOf(millis, rowNamed, [
    [manifestFigures.sandboxed, 8],
    [manifestFigures.lint, 500],
    [manifestFigures.lintCpu, 500]
  ]),
  ...barsOf(millis, rowNamed, [
    [viewFigures.typedOpen, 50],
    [viewFigures.typedChange, 1],
    [viewFigures.manifestOpen, 50],
    [viewFigures.manifestChange, 1],
    [viewFigures.argoChange, 1]
  ]),
  ...barsOf(millis, rowNamed, [
    [lastingFigures.instants, 100],
    [lastingFigures.missed, 100],
    [lastingFigures.fire, 50],
    [lastingFigures.step, 0.7],
    [lastingFigures.restart, 250]
  ]),
  ...barsOf({ direction: "at most", unit: " KB" }, rowNamed, [
    [lastingFigures.memory, 10_240],
    [lastingFigures.kept, 10_240],
    [lastingFigures.body, 4]
  ]),
  ...barsOf(perSecond, rowNamed, [[lastingFigures.fires, 500]]),
  ...barsOf(atMost, rowNamed, [
    [lastingFigures.long, 1.3],
    [lastingFigures.wide, 1.5],
    [lastingFigures.link, 1.5],
    [lastingFigures.expand, 1.5]
  ]),
  ...barsOf(millis, rowNamed, [
    [reuseFigures.hits, 500],
    [reuseFigures.hit, 0.15],
    [reuseFigures.lookUp, 0.05],
    [reuseFigures.cold, 100],
    [reuseFigures.warm, 10],
    [reuseFigures.kept, 10],
    [reuseFigures.beside, 300]
  ]),
  ...barsOf(atMost, rowNamed, [[reuseFigures.keyed, 1.2], [reuseFigures.without, 1.1]]),
  ...barsOf(millis, rowNamed, [
    [serverFigures.list, 20],
    [serverFigures.run, 60],
    [serverFigures.node, 2],
    // 1,000 events a second to 50 clients cost at most a quarter of a core.
    [serverFigures.stream, 250],
    [noticeFigure, 20]
  ]),
  ...barsOf(atMost, rowNamed, [[serverFigures.ui, 2.5], [serverFigures.uiBun, 2.5], [serverFigures.uiSea, 2.5]]),
  ...barsOf(atLeast, rowNamed, Object.values(postgresFigures).map((name) => [name, 0.5])),
  ...barsOf(atLeast, rowNamed, Object.values(postgresPeerFigures).flatMap((figures) => Object.values(figures))),
  ...barsOf(perSecond, rowNamed, Object.values(poolFigures).map((name) => [name, 1_000]))
]

/** Judges every bar that was measured. */
export const judge = (result: Result): ReadonlyArray<Verdict> => judged(bars, result)
