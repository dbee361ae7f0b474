/** Makes what all answers of one handler are made of. */
import type { Pinnace } from "../embed/Pinnace.ts"
import { Board } from "./Board.ts"
import { Backlog } from "./api/Telling.ts"
import { Actions } from "./guard/Actions.ts"
import { Repeats } from "./guard/Repeats.ts"
import { Tickets } from "./guard/Tickets.ts"
import { Turns } from "./guard/Turns.ts"
import type { HandlerOptions } from "./HandlerOptions.ts"
import { ManifestStore } from "./ManifestStore.ts"
import type { Site } from "./Site.ts"
import { EventPages } from "./stream/EventPages.ts"
import { OpenStreams } from "./stream/OpenStreams.ts"

/** The most streams that are open at once. */
const STREAMS_MAX = 64

/** The surroundings of the answers of one handler. */
export const siteOf = (pinnace: Pinnace, admitted: HandlerOptions, now: () => number): Site => ({
  pinnace,
  authorize: admitted.authorize,
  tickets: new Tickets(now),
  actions: new Actions(now),
  repeats: new Repeats(),
  streams: new OpenStreams(STREAMS_MAX),
  turns: { answer: new Turns(), file: new Turns() },
  backlog: new Backlog(),
  pages: new EventPages(pinnace.engine),
  subscriptions: new Map(),
  board: admitted.board ?? new Board(),
  readOnly: admitted.readOnly ?? false,
  base: admitted.base ?? "",
  schedules: new Map((admitted.schedules ?? []).map((it) => [it.name, it])),
  file: admitted.file,
  manifests: admitted.manifests ?? {},
  command: admitted.command,
  store: new ManifestStore(admitted.templates ?? {}),
  now
})
