/**
 * Spans: those of bodies are children of the span in which their run was started. While that process lives, they are
 * made by the tracer of the starter; whoever takes the run over goes on in the same trace, from what was recorded of
 * the span.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type { Trace } from "../../run/Event.ts"

/** What a run goes on with of the tracing of whoever started it. */
export interface Tracing {
  readonly span: Tracer.AnySpan
  readonly tracer?: Tracer.Tracer
}

/** Goes on with the tracing of the fiber that asks; without a span there is none. */
export const withTracing = <A, E>(
  go: (tracing: Tracing | undefined) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.withFiber(({ context }) => {
    const span = Context.getOrUndefined(context, Tracer.ParentSpan)
    return go(span === undefined ? undefined : { span, tracer: Context.get(context, Tracer.Tracer) })
  })

/** What is recorded of it. */
export const traceOf = (tracing: Tracing | undefined): { readonly trace?: Trace } => {
  if (tracing === undefined) return {}
  const { sampled, spanId, traceId } = tracing.span
  return { trace: { traceId, spanId, sampled } }
}

/** What was recorded of it. */
export const tracingOf = (trace: Trace | undefined): Tracing | undefined =>
  trace === undefined ? undefined : { span: Tracer.externalSpan(trace) }

/** The services of a run's fibers. */
export const traced = (services: Context.Context<never>, tracing: Tracing | undefined): Context.Context<never> => {
  if (tracing === undefined) return services
  const within = Context.add(services, Tracer.ParentSpan, tracing.span) as Context.Context<never>
  return tracing.tracer === undefined ? within : Context.add(within, Tracer.Tracer, tracing.tracer)
}
