/** What all answers are made of: the engine, and what this server may do with it. */
import type { Pinnace } from "../embed/Pinnace.ts"
import type { Tickets } from "./guard/Tickets.ts"
import type { OpenStreams } from "./stream/OpenStreams.ts"

/** The surroundings of an answer. */
export interface Site {
  readonly pinnace: Pinnace
  readonly tickets: Tickets
  readonly streams: OpenStreams
  /** Whether nothing can be changed through this server. */
  readonly readOnly: boolean
  /** The path beneath which everything lies, such as `/flows`; empty for a server of its own. */
  readonly base: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
