/**
 * What nodes may do with other runs: start one, wait for its end, end it. The port between a node, which knows its host
 * only, and the engine.
 */
import type * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Ending } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { EngineClosed, InvalidInput, Refused, RunExists, RunNotFound } from "../EngineError.ts"
import type { StartOptions } from "../life/startOptions.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"

/** Why a node does not get what it asks for. */
export type RunsError = EngineClosed | InvalidInput | JournalError | Refused | RunExists | RunNotFound

/** Other runs, as a node sees them. */
export interface Runs<Live> {
  /** Starts a run, or gives the one of this id, workflow and input that is there. */
  readonly start: (
    workflow: AnyWorkflow,
    input: unknown,
    options: StartOptions
  ) => Effect.Effect<RunRow, RunsError>
  /** Makes a workflow known, so that its runs which nobody executes go on. */
  readonly know: (workflow: AnyWorkflow) => Effect.Effect<void, JournalError>
  readonly find: (id: string) => Effect.Effect<RunRow | undefined, JournalError>
  /** Waits for the end of a run, whoever executes it. */
  readonly ending: (row: RunRow) => Effect.Effect<Ending, RunsError>
  /** Stops or terminates a run; one that has ended is left alone. */
  readonly end: (id: string, how: "stop" | "terminate") => Effect.Effect<void, RunsError>
  /** The id of the run that is to go on from one. */
  readonly freeLink: (id: string) => Effect.Effect<string>
  /** Ends a run and creates the one of that id, which goes on from it, in one append; `done`: it is durable. */
  readonly goOn: (live: Live, end: NodeEnd, link: string, done: () => void) => void
  /** Open runs that nodes of a run started. */
  readonly openOf: (id: string) => Effect.Effect<ReadonlyArray<RunRow>, JournalError>
}
