/**
 * Sends spans to a collector over OTLP/HTTP.
 *
 * Owns: the spans that are not sent yet, one request at a time. Does not own: which spans there are.
 * Invariants
 * - At most `mostWaiting` spans are kept; more are dropped, and counted.
 * - Its timer keeps no process alive; `flush` sends what is there, trying each request once more at most.
 */
import type { SpanRecord, SpanSink } from "../trace/SpanRecord.ts"
import { Batch } from "./Batch.ts"
import { encodeSpan, requestHead } from "./encode.ts"
import { type OtlpOptions, type OtlpTarget, otlpTarget } from "./environment.ts"
import { posted } from "./post.ts"

/** A sink that sends spans to a collector, and how many it has sent and dropped. */
export interface OtlpSink extends Required<SpanSink> {
  /** How many spans the collector took. */
  readonly sent: number
  /** Those that found no room, and those that the collector did not take. */
  readonly dropped: number
}

const spansOfBatch = 1_024
const mostWaiting = 64 * spansOfBatch
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
  /** In their order; spans are added to the last one. */
  #batches: Array<Batch> = []
  #waiting = 0
  #sending: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(target: OtlpTarget) {
    this.#target = target
  }

  readonly emit = (spans: ReadonlyArray<SpanRecord>): void => {
    const many = Math.min(spans.length, mostWaiting - this.#waiting)
    this.dropped += spans.length - many
    for (let at = 0; at < many; at++) this.#add(encodeSpan(spans[at]!))
    if (this.#waiting >= spansOfBatch) void this.#send()
    else if (this.#timer === undefined && this.#waiting > 0) this.#later()
  }

  #add(span: string): void {
    let last = this.#batches.at(-1)
    if (last === undefined || last.many >= spansOfBatch) {
      this.#batches.push(last = new Batch(requestHead(this.#target.resource)))
    }
    last.add(span)
    this.#waiting++
  }

  readonly flush = async (): Promise<void> => {
    while (this.#waiting > 0 || this.#sending !== undefined) await this.#send()
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#send(), pauseMillis)
    // Deno's timers are numbers there.
    if (typeof this.#timer === "object") this.#timer.unref()
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#batches.shift(); next !== undefined; next = this.#batches.shift()) {
      const { many } = next
      this.#waiting -= many
      if (await posted(this.#target, next.body())) this.sent += many
      else this.dropped += many
    }
  }
}
