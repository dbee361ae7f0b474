/** What the bench asks of a contestant's process, and what that process answers. */
import type { ShapeName } from "./Shape.ts"

/** What a commit has to survive: loss of power (synchronous = FULL), or the end of the process (NORMAL). */
export type Durability = "power" | "process"

/** One measurement, done in a process of its own on a file of its own. */
export interface Request {
  readonly shape: ShapeName
  /** Nodes of one run. */
  readonly nodes: number
  /** Runs started at once. */
  readonly runs: number
  /** How often all that is done one after the other, each time measured. */
  readonly repeat: number
  /** How many of the first repetitions are thrown away. */
  readonly discard: number
  readonly durability: Durability
  readonly file: string
  /**
   * `kill` ends the process with SIGKILL inside the body in the middle; `resume` finishes what it left. `profile` tells
   * where time and memory went instead of how long it took.
   */
  readonly phase: "measure" | "kill" | "resume" | "profile"
}

/** What a process reports. */
export interface Answer {
  /** Milliseconds from start to result of each kept repetition. */
  readonly samples: ReadonlyArray<number>
  /** Milliseconds spent on making the definition, before the clock began. */
  readonly definition: number
  /** Processor milliseconds (user and system) of the kept repetitions together. */
  readonly cpu: number
  /** Bodies executed by this process, warm-up excluded. */
  readonly executed: number
  /** The smallest value a body was given. */
  readonly first: number
  /** Peak resident memory of the process in MiB. */
  readonly rss: number
}

/** The name of the measured workflow in every store; what is not called so is warm-up. */
export const measured = "measured"

/** The name of the warm-up workflow. */
export const warmUp = "warm-up"

/** Nodes of the warm-up chain. */
export const warmUpNodes = 20
