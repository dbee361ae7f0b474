/** The lines that a host process writes. */
import type { Recorded } from "../../mod.ts"

/** A reply to a call, or a notice. */
export type Message =
  | {
    readonly id: number
    readonly value?: unknown
    readonly error?: { readonly tag: string; readonly message: string }
  }
  /** A body is at a point; `at` is milliseconds since the epoch. */
  | {
    readonly notice: "body"
    readonly what: string
    readonly node: string
    readonly attempt: number
    readonly at: number
  }
  /** The engine recorded something for the first time, so many milliseconds after `open` was called. */
  | { readonly notice: "goes on"; readonly millis: number }
  /** An event of a run that is being watched. */
  | { readonly notice: "event"; readonly recorded: Recorded }
  /** A watched run's stream of events has ended. */
  | { readonly notice: "over" }
  /** Something reached the process that no library may let through. */
  | { readonly notice: "unhandled"; readonly what: string }
