/** Who hears a journal's notices. Listeners may subscribe and unsubscribe while a notice is being given. */
import type { Notice } from "./Journal.ts"

/** A set of listeners. */
export class Listeners {
  #listeners: ReadonlyArray<(notice: Notice) => void> = []

  /** Adds a listener; the returned function removes it. */
  add(listener: (notice: Notice) => void): () => void {
    const own = (notice: Notice): void => listener(notice)
    this.#listeners = [...this.#listeners, own]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own)
    }
  }

  /** Gives a notice to every listener. */
  tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice)
  }
}
