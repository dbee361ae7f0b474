/** What is measured, in one table. */
import type { ContestantName } from "./contestants.ts"
import type { Durability } from "./Request.ts"
import type { ShapeName } from "./Shape.ts"

/** One workload; each repetition measures every contestant once, in a fresh process on a fresh file. */
export interface Workload {
  readonly name: string
  readonly title: string
  /**
   * Throughput counts nodes a second, latency milliseconds of one run, recovery milliseconds from spawn to finished.
   */
  readonly kind: "throughput" | "latency" | "recovery"
  readonly shape: ShapeName
  readonly nodes: number
  readonly runs: number
  readonly repeat: number
  readonly discard: number
  readonly entries: ReadonlyArray<Entry>
}

/** A contestant in a workload, with what differs for it. */
export interface Entry {
  readonly contestant: ContestantName
  readonly durabilities: ReadonlyArray<Durability>
  /** Repetitions at most; for a contestant whose time is that of a timer, or long. */
  readonly reps?: number
  readonly nodes?: number
  readonly repeat?: number
  readonly discard?: number
}

const both: ReadonlyArray<Durability> = ["power", "process"]

const ours: Entry = { contestant: "pinnace", durabilities: both }
const prototype: Entry = { contestant: "prototype", durabilities: both }
const raw: Entry = { contestant: "raw", durabilities: both }
// Its own level is FULL; NORMAL is measured where a bar speaks of it.
const peer: Entry = { contestant: "openworkflow", durabilities: ["power"] }

/** For what a node costs once its code is compiled. */
const warm = {
  kind: "throughput",
  runs: 1,
  entries: [{ ...ours, durabilities: ["process"] }, { ...prototype, durabilities: ["process"] }]
} as const

const once = { kind: "throughput", runs: 1, repeat: 1, discard: 0 } as const

/** The workloads, in the order they are measured. */
export const workloads: ReadonlyArray<Workload> = [
  {
    ...once,
    name: "chain-1000",
    title: "chain of 1,000",
    shape: "chain",
    nodes: 1_000,
    entries: [ours, prototype, raw, { ...peer, durabilities: both }]
  },
  {
    ...once,
    name: "wide-1000",
    title: "1,000 side by side",
    shape: "wide",
    nodes: 1_000,
    entries: [ours, prototype, raw, peer]
  },
  {
    ...once,
    name: "wide-10000",
    title: "10,000 side by side",
    shape: "wide",
    nodes: 10_000,
    entries: [ours, prototype, raw, peer]
  },
  // OpenWorkflow ends a run after 1,000 steps that follow each other.
  {
    ...once,
    name: "layered-10000",
    title: "100 layers of 100",
    shape: "layered",
    nodes: 10_000,
    entries: [ours, prototype, raw]
  },
  {
    ...once,
    name: "runs-1000x5",
    title: "1,000 runs of 5 at once",
    shape: "chain",
    nodes: 5,
    runs: 1_000,
    entries: [ours, prototype, raw, peer]
  },
  {
    name: "latency",
    title: "one run of 1 node",
    kind: "latency",
    shape: "chain",
    nodes: 1,
    runs: 1,
    repeat: 200,
    discard: 50,
    entries: [ours, prototype, raw, { ...peer, repeat: 3, discard: 0 }]
  },
  {
    ...once,
    name: "recovery",
    title: "chain of 1,000, killed at half",
    kind: "recovery",
    shape: "chain",
    nodes: 1_000,
    // 900: the killed attempt counts against its limit of 1,000 steps. Once: it waits for a lease of 30 s.
    entries: [ours, prototype, { ...peer, nodes: 900, reps: 1 }]
  },
  {
    ...warm,
    name: "chain-1000-warm",
    title: "chain of 1,000, warm",
    shape: "chain",
    nodes: 1_000,
    repeat: 10,
    discard: 10
  },
  {
    ...warm,
    name: "wide-10000-warm",
    title: "10,000 side by side, warm",
    shape: "wide",
    nodes: 10_000,
    repeat: 3,
    discard: 3
  },
  {
    ...warm,
    name: "layered-10000-warm",
    title: "100 layers of 100, warm",
    shape: "layered",
    nodes: 10_000,
    repeat: 3,
    discard: 3
  },
  {
    ...warm,
    name: "runs-1000x5-warm",
    title: "1,000 runs of 5 at once, warm",
    shape: "chain",
    nodes: 5,
    runs: 1_000,
    repeat: 3,
    discard: 3
  },
  // Warm, so that the comparison with 100,000 nodes is one of size and not of compilation.
  {
    ...once,
    name: "scale-1000",
    title: "1,000 side by side, warm",
    shape: "wide",
    nodes: 1_000,
    repeat: 10,
    discard: 10,
    entries: [ours, prototype, raw]
  },
  {
    ...once,
    name: "scale-100000",
    title: "100,000 side by side",
    shape: "wide",
    nodes: 100_000,
    entries: [ours, prototype, raw]
  },
  {
    ...once,
    name: "map-100000",
    title: "100,000 items of one map",
    shape: "mapped",
    nodes: 100_000,
    entries: [ours]
  }
]
