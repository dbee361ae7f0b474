/**
 * Which trace a run belongs to: that of its starter, or one of its own. What is recorded of it is enough for whoever
 * takes the run over to go on in the same trace; while the starter's process lives, its own tracer makes the spans of
 * Effect bodies.
 */
import * as Context from "effect/Context"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"
import type { Actor } from "../../run/actor.ts"
import type { Trace } from "../../run/Event.ts"
import { activeSpan } from "../../trace/openTelemetry.ts"
import { CurrentActor } from "../actor.ts"
import type { Heard } from "../Heard.ts"
import { parentLabel } from "../../run/childRun.ts"
import type { StartOptions } from "./startOptions.ts"
import { parsedTraceparent, type SpanContext, standardContext } from "../../trace/traceparent.ts"

/** What a run goes on with of the tracing of whoever started it. */
export interface Tracing {
  /** What is recorded. */
  readonly trace: Trace
  /** The starter's span, while its process lives. */
  readonly span?: Tracer.AnySpan
  readonly tracer?: Tracer.Tracer
}

/**
 * Who starts a run with this fiber, and which tracing it goes on with. `traceparent` names another starter; the app's
 * own OpenTelemetry is asked where the engine tells of its runs. Without any of them there is none.
 */
export const starterOf = (
  { actor, telemetry }: Pick<Heard, "actor" | "telemetry">,
  { labels, traceparent }: Pick<StartOptions, "labels" | "traceparent">,
  { context }: Fiber.Fiber<unknown, unknown>
): { readonly by: Actor | undefined; readonly tracing: Tracing | undefined } => {
  const by = Context.get(context, CurrentActor) ?? actor
  const named = parsedTraceparent(traceparent)
  const span = named === undefined ? Context.getOrUndefined(context, Tracer.ParentSpan) : undefined
  const starter = named ?? contextOf(span) ?? (telemetry === undefined ? undefined : activeSpan())
  const trace = telemetry === undefined ? starter : telemetry.begin(standardContext(starter), isChild(labels))
  if (trace === undefined) return { by, tracing: undefined }
  const own = span === undefined ? {} : { span, tracer: Context.get(context, Tracer.Tracer) }
  return { by, tracing: { trace, ...own } }
}

const isChild = (labels: StartOptions["labels"] = {}): boolean => parentLabel in labels

const contextOf = (span: Tracer.AnySpan | undefined): SpanContext | undefined => {
  if (span === undefined) return undefined
  const { sampled, spanId, traceId } = span
  return { traceId, spanId, sampled }
}

/** The services of a run's fibers. */
export const traced = (services: Context.Context<never>, tracing: Tracing | undefined): Context.Context<never> => {
  const span = tracing?.span ?? recordedSpan(tracing?.trace)
  if (span === undefined) return services
  const within = Context.add(services, Tracer.ParentSpan, span) as Context.Context<never>
  return tracing?.tracer === undefined ? within : Context.add(within, Tracer.Tracer, tracing.tracer)
}

const recordedSpan = (trace: Trace | undefined): Tracer.AnySpan | undefined => {
  const { sampled = false, spanId, traceId = "" } = trace ?? {}
  return spanId === undefined ? undefined : Tracer.externalSpan({ traceId, spanId, sampled })
}
