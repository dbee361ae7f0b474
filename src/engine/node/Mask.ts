/**
 * Keeps clear values of secrets out of everything that is recorded.
 *
 * Owns: the clear values that bodies of one run have seen. Does not own: where they came from (`secret.ts`).
 */

/** The secrets that bodies of one run have seen in clear. */
export class Mask {
  readonly #names = new Map<string, string>()

  /** Remembers a clear value; values shorter than four characters are too common to be looked for. */
  add(name: string, value: string): void {
    if (value.length < 4) return
    this.#names.set(value, name)
    // Inside JSON a value may stand escaped.
    this.#names.set(JSON.stringify(value).slice(1, -1), name)
  }

  /** The text with every clear value replaced by its name. */
  readonly hide = (text: string): string => {
    if (this.#names.size === 0) return text
    let hidden = text
    for (const [value, name] of this.#names) hidden = hidden.replaceAll(value, `<secret ${name}>`)
    return hidden
  }

  /** The name of a secret that stands in a text in clear, or `undefined`. */
  nameIn(text: string): string | undefined {
    for (const [value, name] of this.#names) if (text.includes(value)) return name
    return undefined
  }
}
