/**
 * What whoever runs a server tells all who look at its page, until it is told otherwise: what is wrong with a
 * definition that is being written, say.
 *
 * Owns: what is told now, who wants to hear of another. Does not own: how it is sent and shown.
 */
import { admitOne, listOf, text } from "../workflow/admit.ts"

/** What is told. */
export interface BoardNotice {
  /** One line. */
  readonly title: string
  /** What is to be known besides, as lines of plain text. */
  readonly lines: ReadonlyArray<string>
}

/** A board: give it to `serve` or `handler`. */
export class Board {
  #notice: BoardNotice | undefined
  readonly #listeners = new Set<() => void>()

  /** What every page shows now; `undefined` for nothing. */
  get notice(): BoardNotice | undefined {
    return this.#notice
  }

  /** Shows this on every page, in the place of what was there. */
  show(title: string, lines: ReadonlyArray<string> = []): void {
    admitOne("the title of a notice", title, text)
    admitOne("the lines of a notice", lines, listOf(text))
    this.#change({ title, lines: [...lines] })
  }

  /** Shows nothing any more. */
  clear(): void {
    if (this.#notice !== undefined) this.#change(undefined)
  }

  /** Calls back after each change, until the returned function is called. */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => void this.#listeners.delete(changed)
  }

  #change(notice: BoardNotice | undefined): void {
    this.#notice = notice
    for (const changed of [...this.#listeners]) changed()
  }
}
