/**
 * The end of a stream of text.
 *
 * Owns: chunks. Invariant: never more than twice the limit is kept.
 */
export class Tail {
  readonly #limit: number
  #chunks: Array<string> = []
  #size = 0
  /** Whether the beginning is gone. */
  cut: boolean = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds text. */
  push(text: string): void {
    this.#chunks.push(text)
    this.#size += text.length
    if (this.#size > this.#limit * 2) this.#shorten()
  }

  /** The text that is kept. */
  text(): string {
    if (this.#size > this.#limit) this.#shorten()
    return this.#chunks.join("")
  }

  #shorten(): void {
    const whole = this.#chunks.join("")
    this.#chunks = [whole.slice(whole.length - this.#limit)]
    this.#size = this.#limit
    this.cut = true
  }
}
