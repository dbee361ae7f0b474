/** What an Effect body finds around it: its span, a logger and a console that write to the log of its node. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Tracer from "effect/Tracer"
import type { TaskLog } from "../../workflow/TaskContext.ts"
import type { LiveNode } from "../Live.ts"
import { makeConsole, makeLogger } from "./log.ts"

/** The body with them. */
export const provided = <A, E>(
  body: Effect.Effect<A, E>,
  live: LiveNode,
  attempt: number,
  log: TaskLog
): Effect.Effect<A, E> => {
  const { spans } = live.run.ledger
  const within = spans === undefined
    ? body
    : Effect.provideService(body, Tracer.ParentSpan, Tracer.externalSpan(spans.contextOf(live.path)))
  return within.pipe(
    Effect.provideService(Logger.CurrentLoggers, new Set([makeLogger(live, attempt)])),
    Effect.provideService(Console.Console, makeConsole(log))
  )
}
