/**
 * Sends spans to a collector over OTLP/HTTP.
 *
 * Owns: the spans that are not sent yet, one request at a time. Does not own: which spans there are.
 * Invariants
 * - At most `mostWaiting` spans are kept; more are dropped, and counted.
 * - Its timer keeps no process alive; `flush` sends what is there, trying each request once more at most.
 */
import type { SpanRecord, SpanSink } from "../trace/SpanRecord.ts"
import { encodeRequest, encodeSpan } from "./encode.ts"
import { type OtlpOptions, type OtlpTarget, otlpTarget } from "./environment.ts"
import { posted } from "./post.ts"

/** A sink that sends spans to a collector, and how many it has sent and dropped. */
export interface OtlpSink extends Required<SpanSink> {
  /** How many spans the collector took. */
  readonly sent: number
  /** Those that found no room, and those that the collector did not take. */
  readonly dropped: number
}

const batch = 1_024
const mostWaiting = 64 * batch
const pauseMillis = 1_000

/**
 * Sends spans to a collector: to `url`, else where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else to port 4318
 * of this machine.
 */
export const otlp = (options: OtlpOptions = {}): OtlpSink => new Sender(otlpTarget(options))

class Sender implements OtlpSink {
  sent = 0
  dropped = 0
  readonly #target: OtlpTarget
  #waiting: Array<string> = []
  #sending: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(target: OtlpTarget) {
    this.#target = target
  }

  readonly emit = (spans: ReadonlyArray<SpanRecord>): void => {
    const room = mostWaiting - this.#waiting.length
    this.dropped += Math.max(0, spans.length - room)
    for (const span of spans.slice(0, room)) this.#waiting.push(encodeSpan(span))
    if (this.#waiting.length >= batch) void this.#send()
    else if (this.#timer === undefined && this.#waiting.length > 0) this.#later()
  }

  readonly flush = async (): Promise<void> => {
    while (this.#waiting.length > 0 || this.#sending !== undefined) await this.#send()
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#send(), pauseMillis)
    // Deno's timers are numbers there.
    if (typeof this.#timer === "object") this.#timer.unref()
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#sending ??= this.#batches().finally(() => {
      this.#sending = undefined
    })
  }

  async #batches(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, batch)
      const body = encodeRequest(this.#target.resource, spans)
      if (await posted(this.#target, body)) this.sent += spans.length
      else this.dropped += spans.length
    }
  }
}
