/** Labels that a workflow gives its runs. */

/** What is known of a run that is about to begin. */
export interface Beginning {
  /** The id of the run. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Texts by name, or a function that makes them of the input; pure, and called once for each run. */
export type RunLabels<I> =
  | Readonly<Record<string, string>>
  | ((input: I, run: Beginning) => Readonly<Record<string, string>>)
