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
  return Effect.provideService(logged(within, live, attempt), Console.Console, makeConsole(log))
}

/**
 * The loggers of the app go on to hear what its bodies say, told of which run and node it is; only what would print it
 * on the terminal of the process does not.
 */
const logged = <A, E>(body: Effect.Effect<A, E>, live: LiveNode, attempt: number): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    const own = [...fiber.getRef(Logger.CurrentLoggers)].filter((it) => it !== Logger.defaultLogger)
    const loggers = Effect.provideService(body, Logger.CurrentLoggers, new Set([...own, makeLogger(live, attempt)]))
    if (own.every((it) => it === Logger.tracerLogger)) return loggers
    const { path, run: { ledger: { row: { id, workflow } } } } = live
    return Effect.annotateLogs(loggers, {
      "pinnace.run.id": id,
      "pinnace.workflow": workflow,
      "pinnace.node.path": path,
      "pinnace.attempt": attempt
    })
  })
