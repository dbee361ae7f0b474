/** What all answers are made of: the engine, and what this server may do with it. */
import type { LoadOptions } from "../argo/Capabilities.ts"
import type { Pinnace } from "../embed/Pinnace.ts"
import type { Actor } from "../run/actor.ts"
import type { SomeSchedule } from "../schedule/kept.ts"
import type { Backlog } from "./api/Telling.ts"
import type { Actions } from "./guard/Actions.ts"
import type { Repeats } from "./guard/Repeats.ts"
import type { Tickets } from "./guard/Tickets.ts"
import type { Turns } from "./guard/Turns.ts"
import type { Board } from "./Board.ts"
import type { HandlerOptions, StateFile, Use } from "./HandlerOptions.ts"
import type { ManifestStore } from "./ManifestStore.ts"
import type { EventPages } from "./stream/EventPages.ts"
import type { OpenStreams } from "./stream/OpenStreams.ts"

/** What a client follows, which it may change. */
export interface Followable {
  readonly want: (wanted: { readonly runs: Readonly<Record<string, number>>; readonly list: boolean }) => Promise<void>
}

/** The surroundings of an answer. */
export interface Site {
  readonly pinnace: Pinnace
  /** Whoever asks, as what is done is recorded; absent for what only looks. */
  readonly by?: Actor
  /** Who may ask, where the app says so. */
  readonly authorize: HandlerOptions["authorize"]
  readonly tickets: Tickets
  readonly actions: Actions
  /** Actions that had a key of their own. */
  readonly repeats: Repeats
  readonly streams: OpenStreams
  /** Of large answers, and of files that come and go as fast as their clients are. */
  readonly turns: { readonly answer: Turns; readonly file: Turns }
  /** What clients of commands have not read yet. */
  readonly backlog: Backlog
  /** Events as they are sent. */
  readonly pages: EventPages
  /** What clients follow, by the names of their streams. */
  readonly subscriptions: Map<string, Followable>
  /** What is told to all who look at the page. */
  readonly board: Board
  /** Whether nothing can be changed through this server. */
  readonly readOnly: boolean
  /** The path beneath which everything lies, such as `/flows`; empty for a server of its own. */
  readonly base: string
  /** Manifests of the user's. */
  readonly store: ManifestStore
  /** Schedules that can be triggered here though this process does not keep them, by name. */
  readonly schedules: ReadonlyMap<string, SomeSchedule>
  /** What is told of the state file. */
  readonly file: StateFile | undefined
  /** How manifests that clients send are loaded. */
  readonly manifests: LoadOptions
  /** How command lines of clients are done. */
  readonly command: ((use: Use) => Promise<number>) | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
