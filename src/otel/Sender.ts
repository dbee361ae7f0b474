/**
 * Sends spans or lines of logs to a collector over OTLP/HTTP.
 *
 * Owns: what is not sent yet, one request at a time. Does not own: what there is to send.
 * Invariants
 * - At most `mostWaiting` of them are kept; more are dropped, and counted.
 * - Its timer keeps no process alive; `flush` sends what is there, trying each request once more at most.
 */
import { Batch } from "./Batch.ts"
import type { OtlpTarget } from "./environment.ts"
import { posted } from "./post.ts"

/** How many were sent and dropped. */
export interface Sent {
  /** How many the collector took. */
  readonly sent: number
  /** Those that found no room, and those that the collector did not take. */
  readonly dropped: number
}

const manyOfBatch = 1_024
const mostWaiting = 64 * manyOfBatch
const pauseMillis = 1_000

/** Encodes what it is given, keeps it in batches, and sends them. */
export class Sender<A> implements Sent {
  sent = 0
  dropped = 0
  readonly #target: OtlpTarget
  readonly #head: string
  readonly #encode: (one: A) => string
  /** In their order; what comes is added to the last one. */
  #batches: Array<Batch> = []
  #waiting = 0
  #sending: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `head` is what stands before the first one in a request. */
  constructor(target: OtlpTarget, head: string, encode: (one: A) => string) {
    this.#target = target
    this.#head = head
    this.#encode = encode
  }

  readonly emit = (all: ReadonlyArray<A>): void => {
    const many = Math.min(all.length, mostWaiting - this.#waiting)
    this.dropped += all.length - many
    for (let at = 0; at < many; at++) this.#add(this.#encode(all[at]!))
    if (this.#waiting >= manyOfBatch) void this.#send()
    else if (this.#timer === undefined && this.#waiting > 0) this.#later()
  }

  #add(text: string): void {
    let last = this.#batches.at(-1)
    if (last === undefined || last.many >= manyOfBatch) {
      this.#batches.push(last = new Batch(this.#head))
    }
    last.add(text)
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
