/** Who hears of the facts of runs, besides those who wait for something. */
import type * as Effect from "effect/Effect"
import type { Write } from "../journal/Journal.ts"
import type { Numbers } from "../metrics/Numbers.ts"
import type { Actor } from "../run/actor.ts"
import type { Ending, RunEvent } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import type { Asks } from "./node/asks.ts"
import type { Telemetry } from "../trace/Telemetry.ts"

/** What is written together with facts about runs, for whoever is told of them elsewhere. */
export interface FactsTold {
  readonly writes: (
    row: RunRow,
    fact: RunEvent,
    place: { readonly at: number; readonly seq: number }
  ) => ReadonlyArray<Write>
  /** Called once such writes are durable. */
  readonly stored: () => void
  /** Looks whether something is to be told that others have left. */
  readonly wake: () => void
  /** Waits a moment until nothing is left to tell that could be told now. */
  readonly settle: () => Effect.Effect<void>
}

/** A run whose end was recorded here. */
export interface EndedRun extends Pick<Ending, "error" | "message" | "phase" | "reason"> {
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
}

/** A node that waits for a person, or for whoever else gives it its value. */
export interface AskingNode {
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
  /** The path of the node. */
  readonly node: string
  /** Until when; absent where it waits without an end. */
  readonly until?: number
  /** What it asks for. */
  readonly asks?: Asks
}

/**
 * Functions of the app that are told of what was recorded here, once it is durable: at most once, so not of what a
 * process recorded just before it died. What they throw concerns no run.
 */
export interface Hooks {
  /** Is told of each run whose end this process has recorded. */
  readonly onEnded?: ((ended: EndedRun) => void) | undefined
  /** Is told of each node that begins to wait for its value. */
  readonly onWaiting?: ((asking: AskingNode) => void) | undefined
}

/** Who hears of facts once they are durable; each is absent where nobody asks. */
export interface Heard {
  /** What is told to tracers. */
  readonly telemetry?: Telemetry | undefined
  /** Where facts are counted. */
  readonly numbers?: Numbers | undefined
  /** Webhooks. */
  readonly outbox?: FactsTold | undefined
  /** Who asks this engine where nobody else is named; absent: nobody is recorded then. */
  readonly actor?: Actor | undefined
  /** The app's own functions. */
  readonly hooks?: Hooks | undefined
}
