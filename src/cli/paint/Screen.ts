/**
 * Redraws a block of lines in place.
 *
 * Owns: the lines it drew, the cursor while it is hidden. Does not own: what the lines say.
 * Invariant: the cursor stands at the begin of the line below
 * the block, so that whatever is printed next comes after it.
 */
import process from "node:process"
import type { Shell } from "../Shell.ts"
import { cut } from "./width.ts"

const hide = "\x1b[?25l"
const restore = "\x1b[?2026l\x1b[?25h\x1b[0m"

/** A block of lines at the end of a terminal. */
export class Screen {
  readonly #shell: Shell
  #drawn: ReadonlyArray<string> = []
  #columns = 0

  constructor(shell: Shell) {
    this.#shell = shell
  }

  /** Lines that fit, one being left for the cursor. */
  get rows(): number {
    return Math.max(2, (process.stdout.rows || 24) - 1)
  }

  /** Draws the lines over those before; only what differs is written. */
  draw(lines: ReadonlyArray<string>): void {
    const columns = this.#shell.columns
    const next = lines.slice(-this.rows).map((line) => cut(line, columns - 1))
    const same = columns === this.#columns ? this.#sameUntil(next) : 0
    if (same === next.length && next.length === this.#drawn.length) return
    const up = Math.min(this.#drawn.length, this.rows) - Math.min(same, this.rows)
    const body = next.slice(same).map((line) => `\x1b[2K${line}\n`).join("")
    // Between these marks a terminal shows nothing half-drawn.
    this.#shell.write(`\x1b[?2026h${hide}${up > 0 ? `\x1b[${up}A` : ""}\r\x1b[J${body}\x1b[?2026l`)
    this.#drawn = next
    this.#columns = columns
  }

  /** Removes the block and gives the cursor back. */
  close(): void {
    this.draw([])
    this.#shell.write(restore)
  }

  #sameUntil(next: ReadonlyArray<string>): number {
    const index = next.findIndex((line, at) => line !== this.#drawn[at])
    return index === -1 ? Math.min(next.length, this.#drawn.length) : Math.min(index, this.#drawn.length)
  }
}
