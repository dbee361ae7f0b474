/**
 * Answers that hold much at once, such as the lines of a run or its archive: some are made at a time, others wait for
 * their turn.
 *
 * Owns: how many are being made or read, and which requests wait.
 * Does not own: what is answered.
 *
 * Invariants
 * - At most `most` are made or read at once; at most `waiting` wait, in their order, and more are refused.
 * - A turn is over once its answer was made; of a file, once it was read or nobody reads it any more.
 * - A client that left waits no longer.
 */
export class Turns {
  readonly #most: number
  readonly #waiting: number
  readonly #queue: Array<() => void> = []
  #taken = 0

  constructor(most = 4, waiting = 64) {
    this.#most = most
    this.#waiting = waiting
  }

  /** Waits for a turn, and gives what ends it; `undefined` when too many wait, or the client left. */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (this.#taken < this.#most) this.#taken++
    else if (this.#queue.length >= this.#waiting || !await this.#turn(signal)) return undefined
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      this.#taken--
      this.#next()
    }
    if (!signal.aborted) return end
    end()
    return undefined
  }

  #turn(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isMine: boolean): void => {
        signal.removeEventListener("abort", leave)
        resolve(isMine)
      }
      const mine = (): void => done(true)
      const leave = (): void => {
        const at = this.#queue.indexOf(mine)
        if (at >= 0) this.#queue.splice(at, 1)
        done(false)
      }
      this.#queue.push(mine)
      signal.addEventListener("abort", leave)
      if (signal.aborted) leave()
    })
  }

  /** Gives the turn that became free to whoever waits the longest: it is taken from this moment on. */
  #next(): void {
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#taken++
    next()
  }
}

/** An answer that says when it was read, or when nobody reads it any more. */
export const untilRead = (response: Response, read: () => void): Response => {
  if (response.body === null) {
    read()
    return response
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const next = await reader.read()
        if (!next.done) return controller.enqueue(next.value)
        controller.close()
      } catch (error) {
        controller.error(error)
      }
      read()
    },
    cancel: (reason) => {
      read()
      return reader.cancel(reason)
    }
  }, { highWaterMark: 0 })
  return new Response(body, response)
}
