/**
 * JSON objects that are written one after the other, as they come.
 *
 * Owns: the text of the object that is not complete. Invariant: never more than one object and a chunk is kept.
 */
export class JsonStream {
  #text = ""
  #at = 0
  #depth = 0
  #inString = false

  /** Takes text; answers the objects that it completes. Throws SyntaxError. */
  push(text: string): ReadonlyArray<unknown> {
    this.#text += text
    const found: Array<unknown> = []
    while (this.#at < this.#text.length) {
      if (!this.#step(this.#text[this.#at++]!)) continue
      found.push(JSON.parse(this.#text.slice(0, this.#at)))
      this.#text = this.#text.slice(this.#at)
      this.#at = 0
    }
    return found
  }

  /** Goes over one character; answers whether an object ends with it. */
  #step(letter: string): boolean {
    if (this.#inString) {
      if (letter === "\\") this.#at++
      else if (letter === '"') this.#inString = false
      return false
    }
    if (letter === '"') this.#inString = true
    else if (letter === "{") this.#depth++
    else if (letter === "}") return --this.#depth === 0
    return false
  }
}
