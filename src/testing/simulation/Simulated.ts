/** What a simulation of somebody's own workflow is made of, what its invariants see, and what it showed. */
import type * as Context from "effect/Context"
import type { Phase } from "../../run/Phase.ts"
import type { NodeView } from "../../run/view.ts"
import type { AnyTask, AnyWorkflow } from "../../workflow/Definition.ts"

/** What a user's invariant sees: the run as it is recorded, after a commit or when all is over. */
export interface Simulated<O = unknown> {
  /** The seed that is being played. */
  readonly seed: number
  /** Whether the run has ended and nothing is left to do; else there was just a commit. */
  readonly over: boolean
  /** Simulated milliseconds since the epoch. */
  readonly now: number
  /** The phase of the run; of one that goes on in other ones, here and below, that of the newest. */
  readonly phase: Phase
  /** Why it did not succeed, once it has ended. */
  readonly message: string | undefined
  /** All nodes that the run has recorded. */
  readonly nodes: ReadonlyArray<NodeView>
  /** Of a run that has succeeded. */
  readonly output: O | undefined
  /** How often a process was killed, or lost the answer of its storage. */
  readonly crashes: number
}

/** Says whether something holds: `true` or nothing, or else `false` or what is wrong; it may also throw. */
export type SimulatedInvariant<O = unknown> = (state: Simulated<O>) => boolean | string | void

/** Before or after a commit is stored, counted from 1 over all processes of a seed, as in `after 3`. */
export type FaultMoment = `${"before" | "after"} ${number}`

/** Which faults happen: `true` as each seed draws it, or exactly at these commits. */
export interface SimulatedFaults {
  /** Processes are killed, before or after a commit is stored. */
  readonly crashes: boolean | ReadonlyArray<FaultMoment>
  /** A process loses its storage in the middle of a commit, and does not know whether it was stored. */
  readonly lostAnswers: boolean | ReadonlyArray<FaultMoment>
  /** What is read of storage arrives later than it was asked. */
  readonly slowStores: boolean
  /** The clock is set, by up to half an hour either way. */
  readonly clockJumps: boolean
  /** The run is suspended after a commit, and resumed some steps later or when nothing else can happen. */
  readonly suspends: boolean | ReadonlyArray<FaultMoment>
  /** The run is stopped after a commit, so that it need not succeed; default false. */
  readonly stops: boolean | ReadonlyArray<FaultMoment>
}

/** A fault that happened at a commit. */
export interface Befallen {
  readonly kind: "crashes" | "lostAnswers" | "suspends" | "stops"
  readonly moment: FaultMoment
}

/** All that seeds have in common. */
export interface Setup {
  readonly workflow: AnyWorkflow
  readonly input: unknown
  readonly faults: SimulatedFaults
  readonly invariants: ReadonlyArray<readonly [name: string, holds: SimulatedInvariant<never>]>
  /** What is sent to nodes that wait for a signal, by their name or path; a function is asked with the seed. */
  readonly signals: Readonly<Record<string, unknown>>
  readonly bodyOf: (task: AnyTask) => AnyTask["run"]
  readonly services: Context.Context<never>
  /** Commits of the run when nothing goes wrong: the first seeds crash at each of them. */
  readonly commits: number
}

/** What one seed showed. */
export interface Played {
  readonly violations: ReadonlyArray<string>
  /** What went wrong on the way, a sentence for each, in the order in which it did. */
  readonly happened: ReadonlyArray<string>
  /** Those of them that happened at commits. */
  readonly befallen: ReadonlyArray<Befallen>
  readonly history: ReadonlyArray<string>
  readonly commits: number
  readonly crashes: number
  readonly bodies: number
}
