/**
 * Redraws a block of lines in place.
 *
 * Owns: the lines it drew, the cursor while it is hidden. Does not own: what the lines say.
 * Invariant: the cursor stands at the begin of the line below
 * the block, so that whatever is printed next comes after it.
 */
import type { WriteStream } from "node:tty"
import { type Line, paint } from "./Line.ts"

/** Hides the cursor. */
const hide = "\x1b[?25l"
/** Ends a half-drawn frame, shows the cursor, ends colours: right after any interruption. */
export const restore = "\x1b[?2026l\x1b[?25h\x1b[0m"

/** A block of lines at the end of a terminal. */
export class Screen {
  readonly #out: WriteStream
  readonly #coloured: boolean
  #drawn: ReadonlyArray<string> = []

  constructor(out: WriteStream, coloured: boolean) {
    this.#out = out
    this.#coloured = coloured
  }

  /** Draws the lines over the ones before; of more than fit, the last ones. */
  draw(lines: ReadonlyArray<Line>): void {
    const { columns = 80, rows = 24 } = this.#out
    const next = lines.slice(-(rows - 1)).map((line) => paint(line, columns - 1, this.#coloured))
    const same = this.#sameUntil(next)
    if (same === next.length && next.length === this.#drawn.length) return
    const up = this.#drawn.length - same
    const body = next.slice(same).map((line) => `\x1b[2K${line}\n`).join("")
    // Between these marks a terminal shows nothing half-drawn.
    this.#out.write(`\x1b[?2026h${hide}${up > 0 ? `\x1b[${up}A` : ""}${body}\x1b[J\x1b[?2026l`)
    this.#drawn = next
  }

  /** Leaves the lines where they are and gives the cursor back. */
  close(): void {
    this.#out.write(restore)
  }

  #sameUntil(next: ReadonlyArray<string>): number {
    const index = next.findIndex((line, at) => line !== this.#drawn[at])
    return index === -1 ? Math.min(next.length, this.#drawn.length) : Math.min(index, this.#drawn.length)
  }
}
