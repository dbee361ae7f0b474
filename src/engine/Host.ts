/** What the engine's programs are given: services and bounds, captured once when the engine opens. */
import type * as Context from "effect/Context"
import type { JournalShape } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { Limits } from "./Limits.ts"
import type { Slots } from "./Slots.ts"

/** Finds secret values by name at run time; they are never recorded. */
export type SecretProvider = (name: string) => string | undefined | Promise<string | undefined>

/** The surroundings of every run of one engine. */
export interface Host {
  readonly journal: JournalShape
  /** The services of the embedding app and the references (scheduler, clock) fibers are started with. */
  readonly context: Context.Context<never>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly limits: Limits
  readonly slots: Slots
  readonly secrets: SecretProvider
  /** Whether `console` calls inside bodies are captured into node logs. */
  readonly captureConsole: boolean
  /** Storage failed: the engine cannot go on with any run. */
  readonly onLost: (error: JournalError) => void
}
