/**
 * Sends spans to a collector over OTLP/HTTP.
 *
 * Owns: the spans that are not sent yet, one request at a time. Does not own: which spans there are.
 * Invariants
 * - At most `mostWaiting` spans are kept; more are dropped, and counted.
 * - Its timer keeps no process alive; `flush` sends what is there, trying each request once more at most.
 */
import { gzipSync } from "node:zlib"
import type { SpanRecord, SpanSink } from "../trace/SpanRecord.ts"
import { encodeRequest, encodeSpan } from "./encode.ts"
import { type OtlpOptions, type OtlpTarget, otlpTarget } from "./environment.ts"

/** A sink that sends spans to a collector, and how many it has sent and dropped. */
export interface OtlpSink extends Required<SpanSink> {
  readonly sent: number
  /** Those that found no room, and those that the collector did not take. */
  readonly dropped: number
}

const batch = 1_024
const mostWaiting = 64 * batch
const pauseMillis = 1_000
const patienceMillis = 10_000
/** Smaller bodies are not worth the work. */
const zipFrom = 65_536

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
      const first = await this.#posted(body)
      const end = first === "busy" ? await this.#posted(body) : first
      if (end === "taken") this.sent += spans.length
      else this.dropped += spans.length
    }
  }

  /** What became of a request; what is refused for good is not repeated. */
  async #posted(text: string): Promise<"taken" | "refused" | "busy"> {
    const isBig = text.length >= zipFrom
    try {
      const answer = await fetch(this.#target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(isBig ? { "content-encoding": "gzip" } : {}),
          ...this.#target.headers
        },
        body: isBig ? gzipSync(text, { level: 1 }) : text,
        redirect: "error",
        signal: AbortSignal.timeout(patienceMillis)
      })
      await answer.arrayBuffer()
      if (answer.ok) return "taken"
      const isForGood = answer.status < 500 && answer.status !== 408 && answer.status !== 429
      return isForGood ? "refused" : "busy"
    } catch {
      return "busy"
    }
  }
}
