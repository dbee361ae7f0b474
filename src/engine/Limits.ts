/**
 * Every bound of the engine in one table, each with its reason. Past a bound there is a clear error; nothing is lost.
 */

/** The bounds of an engine; all may be overridden in `open`. */
export interface Limits {
  /** Attempts of tasks that may be live at once in this engine. More would only wait for each other and cost memory. */
  readonly parallelism: number
  /** Open nodes of one graph or map at once when it sets no limit of its own: a parked fiber costs about 3 KB. */
  readonly openNodes: number
  /** Bytes of one input, output or signal as JSON: larger values belong into files, not into rows. */
  readonly payload: number
  /** Nodes of one run: each costs about 0.3 KB of memory while the run is live, and one of a graph 0.5 KB more. */
  readonly nodes: number
  /** How deep nodes may be nested: recursion without an end must end. */
  readonly depth: number
  /** Log lines kept of one node: a flood must not fill the disk. */
  readonly logLines: number
  /** Bytes kept of one log line. */
  readonly logLine: number
  /** Bytes kept of one message (of an error, its stack, a stop): each attempt records its own. */
  readonly message: number
  /** Bytes kept of one note of progress: it is rewritten with its node. */
  readonly note: number
  /** Bytes of the labels of one run as JSON: they are read with every list. */
  readonly labels: number
  /** Progress events of one attempt; after that at most one a second is kept. */
  readonly progress: number
  /**
   * How often an attempt is begun again because its process died,
   * before it counts as failed: a task that kills its host must end.
   */
  readonly reruns: number
  /** Starts of one workflow that may wait for their turn by its start policies: each is in memory until it begins. */
  readonly waitingStarts: number
  /** Milliseconds a Promise body may go on after its signal fired before the engine stops waiting for it. */
  readonly abortGrace: number
}

/** The default bounds. */
export const defaultLimits: Limits = {
  parallelism: 1_000,
  openNodes: 10_000,
  payload: 16 * 1024 * 1024,
  nodes: 1_000_000,
  depth: 100,
  logLines: 10_000,
  logLine: 16_384,
  message: 16_384,
  note: 1_024,
  labels: 16_384,
  progress: 1_000,
  reruns: 20,
  waitingStarts: 10_000,
  abortGrace: 5_000
}
