/** That something is over: told once to everybody who asks, also to those who ask when it has happened already. */

/** An end that comes at most once. */
export class Ended {
  readonly #listeners = new Set<(error: Error) => void>()
  #error: Error | undefined = undefined

  /** Why it is over; `undefined` while it goes on. */
  get error(): Error | undefined {
    return this.#error
  }

  /** It is over; only the first call counts. */
  tell(cause: Error | undefined): void {
    if (this.#error !== undefined) return
    const error = new Error(`the session has ended${cause === undefined ? "" : ` (${cause.message})`}`, { cause })
    this.#error = error
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener(error)
  }

  /** Calls back at the end, or soon where it is over; returns what takes the listener away. */
  on(listener: (error: Error) => void): () => void {
    const error = this.#error
    if (error === undefined) {
      this.#listeners.add(listener)
      return () => void this.#listeners.delete(listener)
    }
    let isWanted = true
    queueMicrotask(() => {
      if (isWanted) listener(error)
    })
    return () => void (isWanted = false)
  }
}
