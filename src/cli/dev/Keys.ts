/**
 * Keys that a person presses, one at a time.
 *
 * Owns: the input of this process, raw while it is a terminal. Does not own: what a key means.
 */
import process from "node:process"

/** Listens to keys until it is closed. */
export class Keys {
  readonly #heard: (text: string) => void

  constructor(pressed: (key: string) => void) {
    const { stdin } = process
    this.#heard = (text) => {
      for (const key of text) pressed(key)
    }
    if (stdin.isTTY) stdin.setRawMode(true)
    stdin.setEncoding("utf8").on("data", this.#heard)
  }

  /** Gives the terminal back. */
  close(): void {
    const { stdin } = process
    stdin.off("data", this.#heard)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
  }
}
