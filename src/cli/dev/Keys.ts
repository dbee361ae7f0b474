/**
 * Keys that a person presses, one at a time.
 *
 * Owns: the input of this process, raw while it is a terminal. Does not own: what a key means.
 */
import process from "node:process"

/** Ctrl-C. */
export const interrupt = "\u0003"

/** Listens to keys until it is closed. */
export class Keys {
  readonly #heard: (text: string) => void
  /** Who waits for a line, and what has come of it. */
  #line: { readonly got: (text: string) => void; text: string } | undefined

  constructor(pressed: (key: string) => void) {
    const { stdin } = process
    this.#heard = (text) => {
      for (const key of text) {
        // Ctrl-C comes as a key while the terminal does not yet know that a line is typed.
        if (this.#line === undefined || key === interrupt) pressed(key)
        else this.#type(key)
      }
    }
    if (stdin.isTTY) stdin.setRawMode(true)
    stdin.setEncoding("utf8").on("data", this.#heard)
  }

  /** The next line that is typed, as the terminal lets it be edited. */
  line(): Promise<string> {
    const { stdin } = process
    if (stdin.isTTY) stdin.setRawMode(false)
    return new Promise((got) => {
      this.#line = { got, text: "" }
    })
  }

  #type(key: string): void {
    const line = this.#line!
    if (key !== "\n" && key !== "\r") return void (line.text += key)
    this.#line = undefined
    if (process.stdin.isTTY) process.stdin.setRawMode(true)
    line.got(line.text)
  }

  /** Gives the terminal back. */
  close(): void {
    const { stdin } = process
    stdin.off("data", this.#heard)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
  }
}
