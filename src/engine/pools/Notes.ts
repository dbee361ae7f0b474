/**
 * What a body tells of its progress, on its way to the owner of its run: the latest word, at most once a second.
 *
 * Owns: the cell of one attempt. Does not own: what is told.
 */
import { spaces } from "../../run/placement.ts"
import type { Host } from "../Live.ts"
import { cell, put } from "./cells.ts"

/** Milliseconds between two words. */
const pace = 1_000

/** The notes of one attempt. */
export class Notes {
  readonly #host: Host
  readonly #key: string
  #told: string | null = null
  #next: string | undefined = undefined
  #toldAt = -Infinity
  #cancel: (() => void) | undefined = undefined

  constructor(host: Host, key: string) {
    this.#host = host
    this.#key = key
  }

  /** Tells it, now or as soon as it may. */
  note(note: string): void {
    this.#next = note
    if (this.#cancel !== undefined) return
    const due = this.#toldAt + pace
    if (this.#host.now() >= due) return this.#tell()
    this.#cancel = this.#host.alarm(due, () => {
      this.#cancel = undefined
      if (this.#next !== undefined) this.#tell()
    })
  }

  /** Its attempt is over. */
  close(): void {
    this.#cancel?.()
    this.#cancel = () => {}
    if (this.#told !== null) put(this.#host, cell(spaces.notes, this.#key, this.#told, null))
  }

  #tell(): void {
    const note = this.#next!
    put(this.#host, cell(spaces.notes, this.#key, this.#told, note), () => this.#host.placements.wake())
    this.#told = note
    this.#next = undefined
    this.#toldAt = this.#host.now()
  }
}
