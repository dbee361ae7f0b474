/** What a run would do. */

/** A node that will be computed, and which parts of its key differ from the nearest result. */
export interface Computed {
  readonly node: string
  /** Files, fields, variables and values. */
  readonly changed: ReadonlyArray<string>
}

/** What a run would do. */
export interface Rehearsal {
  readonly runs: ReadonlyArray<Computed>
  /** Nodes that come after those: what they read may turn out to be the same as before. */
  readonly mayRun: ReadonlyArray<string>
  readonly reused: ReadonlyArray<string>
}
