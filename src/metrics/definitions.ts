/** The metrics there are: names, units, labels. Names and labels are bounded; none holds a run's id or a value. */

const dotted = (name: string): string => `pinnace.${name.replaceAll("_", ".")}`

/** What a metric is. */
export interface Metric {
  /** As Prometheus knows it, with its unit. */
  readonly name: string
  /** As OpenTelemetry knows it. */
  readonly otel: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly labels: ReadonlyArray<string>
  /** Upper bounds of a histogram; absent where it is one of durations. */
  readonly buckets?: ReadonlyArray<number>
}

/** Upper bounds of durations in seconds: from 5 ms to an hour. */
const durations: ReadonlyArray<number> = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ...[30, 60, 300, 900, 3_600]
]

/** The upper bounds of a histogram. */
export const boundsOf = ({ buckets = durations }: Pick<Metric, "buckets">): ReadonlyArray<number> => buckets

const counter = (name: string, labels: ReadonlyArray<string>, help: string): Metric => ({
  name: `pinnace_${name}_total`,
  otel: dotted(name),
  help,
  type: "counter",
  labels
})

const seconds = (name: string, labels: ReadonlyArray<string>, help: string): Metric => ({
  name: `pinnace_${name}_seconds`,
  otel: dotted(name),
  help,
  type: "histogram",
  labels
})

const gauge = (name: string, labels: ReadonlyArray<string>, help: string): Metric => ({
  name: `pinnace_${name}`,
  otel: dotted(name),
  help,
  type: "gauge",
  labels
})

/** Counted in this process, from when it opened the engine. */
export const counted = {
  runsStarted: counter("run_started", ["workflow"], "Runs whose work began in this process."),
  runsFinished: counter("run_finished", ["workflow", "phase", "reason"], "Runs whose end this process recorded."),
  runDuration: seconds("run_duration", ["workflow", "phase"], "From the beginning of a run to its end."),
  runQueue: seconds("run_queue", ["workflow"], "From the creation of a run to its beginning."),
  nodeDuration: seconds("node_duration", ["workflow", "node", "phase"], "From the beginning of a node to its end."),
  retries: counter("attempt_retries", ["workflow", "node", "error"], "Attempts that failed and are tried again."),
  reruns: counter("attempt_reruns", ["workflow", "node"], "Attempts that a death cut off and that began again."),
  permitWait: seconds("permit_wait", ["workflow", "node"], "How long a node waited for permits."),
  signalWait: seconds("signal_wait", ["workflow", "node"], "How long a node waited for its signal."),
  reused: counter("node_reused", ["workflow", "node"], "Nodes that ended with a result that was there.")
} as const

/** Asked when they are read: the same in every process on one state file. */
export const asked = {
  runs: gauge("file_runs", ["phase"], "Runs in the state file, by phase."),
  live: gauge("run_live", ["workflow"], "Runs that this process executes now."),
  stuck: gauge("file_stuck", ["kind"], "Runs and nodes that do not move, by what they wait for."),
  permitsHeld: gauge("permit_held", ["semaphore"], "Permits that are held."),
  permitLimit: gauge("permit_limit", ["semaphore"], "How many permits there are."),
  permitsWaiting: gauge("permit_waiting", ["semaphore"], "Nodes that wait for permits.")
} as const
