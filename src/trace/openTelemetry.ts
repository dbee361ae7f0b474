/**
 * The app's own OpenTelemetry, met without importing it: its API keeps itself under a symbol of the process, for every
 * copy of the package. What is absent or of another shape is as if there were none.
 */
import type { SpanContext } from "./traceparent.ts"

/** As much of an OpenTelemetry context as is used. */
interface OtelContext {
  readonly getValue: (key: symbol) => unknown
  readonly setValue: (key: symbol, value: unknown) => OtelContext
}

interface ContextManager {
  readonly active: () => OtelContext
  readonly with: <A>(context: OtelContext, run: () => A) => A
}

const api = Symbol.for("opentelemetry.js.api.1")
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN")

const manager = (): ContextManager | undefined => {
  const { context } = (globalThis as { [api]?: { readonly context?: Partial<ContextManager> } })[api] ?? {}
  return typeof context?.active === "function" && typeof context.with === "function"
    ? context as ContextManager
    : undefined
}

/** Whether the app has one. */
export const hasOpenTelemetry = (): boolean => manager() !== undefined

/** The span in which the app is just now. */
export const activeSpan = (): SpanContext | undefined => {
  const span = manager()?.active().getValue(spanKey) as { readonly spanContext?: () => OtelSpanContext } | undefined
  const told = span?.spanContext?.()
  if (typeof told?.traceId !== "string" || typeof told.spanId !== "string" || /^0*$/.test(told.traceId)) {
    return undefined
  }
  return { traceId: told.traceId, spanId: told.spanId, sampled: ((told.traceFlags ?? 0) & 1) === 1 }
}

interface OtelSpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags?: number
}

/** Runs within a span of ours, so that what the app's instrumentation makes in it are its children. */
export const withinSpan = <A>({ sampled, spanId, traceId }: SpanContext, run: () => A): A => {
  const found = manager()
  if (found === undefined) return run()
  const context = { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: false }
  return found.with(found.active().setValue(spanKey, standIn(context)), run)
}

/** A span that can be asked where it is, and takes whatever it is told. */
const standIn = (context: OtelSpanContext): object => {
  const span: Record<string, unknown> = { spanContext: () => context, isRecording: () => false, end: () => {} }
  const takes = ["setAttribute", "setAttributes", "addEvent", "addLink", "addLinks", "setStatus", "updateName"]
  for (const name of takes) span[name] = () => span
  span["recordException"] = () => {}
  return span
}
