/**
 * The body of one request, as bytes that grow one by one: text that is joined later is walked through three times.
 *
 * Owns: its bytes. Does not own: when it is sent.
 */
import { Buffer } from "node:buffer"
import { requestTail } from "./encode.ts"

/** As long as a small run's spans; it doubles where that is too little. */
const firstLength = 16_384
/** How many bytes of UTF-8 a UTF-16 unit can become. */
const widest = 3

/** Spans, or lines of logs, that are sent together. */
export class Batch {
  /** How many it has. */
  many = 0
  #bytes = Buffer.allocUnsafe(firstLength)
  #length = 0

  /** `head` is what stands before the first one. */
  constructor(head: string) {
    this.#write(head)
  }

  /** Adds one as text. */
  add(text: string): void {
    if (this.many > 0) this.#write(",")
    this.many++
    this.#write(text)
  }

  /** The body of the request; nothing is added after. */
  body(): Uint8Array<ArrayBuffer> {
    this.#write(requestTail)
    return this.#bytes.subarray(0, this.#length)
  }

  #write(text: string): void {
    const needed = this.#length + text.length * widest
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#length += this.#bytes.write(text, this.#length)
  }
}
