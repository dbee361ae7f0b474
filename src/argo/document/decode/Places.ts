/**
 * Where in its file each part of a decoded value was written.
 *
 * Owns: offsets by container and key. Invariant: a part without an offset of its own answers with its container's.
 */
export class Places {
  readonly file: string
  readonly #text: string
  readonly #lines: ReadonlyArray<number>
  readonly #offsets = new WeakMap<object, Map<string | number, number>>()

  constructor(file: string, text: string) {
    this.file = file
    this.#text = text
    const lines = [0]
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.push(at + 1)
    this.#lines = lines
  }

  /** Notes where a member of a container was written; the empty key is the container itself. */
  note(container: object, key: string | number, offset: number): void {
    let keys = this.#offsets.get(container)
    if (keys === undefined) this.#offsets.set(container, keys = new Map())
    keys.set(key, offset)
  }

  /** Where a member, or else the container, was written. */
  offsetOf(container: object, key: string | number = ""): number {
    const keys = this.#offsets.get(container)
    return keys?.get(key) ?? keys?.get("") ?? 0
  }

  /** Line and column, both from 1. */
  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0
    let high = this.#lines.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#lines[middle]! <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - this.#lines[low]! + 1 }
  }

  /** The line's text at an offset, shortened. */
  excerpt(offset: number): string {
    const end = this.#text.indexOf("\n", offset)
    return this.#text.slice(offset, end < 0 ? undefined : end).trim().slice(0, 120)
  }
}
