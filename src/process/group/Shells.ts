/**
 * The shells that start leaders: a leader takes one for as long as it lives, and the next one uses it again.
 *
 * Owns: the shells that are not taken, and who waits for one. Invariants: beyond `freely` none begins while leaders end
 * and give theirs back, so that short leaders share a few; of those that nobody wants no more than `spareShells` are
 * kept; a waiter gets one, or hears that there is none.
 */
import { availableParallelism } from "node:os"
import { setTimeout } from "node:timers/promises"
import type { Guardian } from "./Guardian.ts"
import type { Dialect } from "./shellProgram.ts"
import { Shell } from "./Shell.ts"

/** How many shells are kept for the next leaders. */
const spareShells = 16
/** How many shells there are before one thinks twice. */
const freely = 4 * availableParallelism()
/** While nobody gives a shell back for so long, in milliseconds, another one begins for who waits. */
const patience = 10

/** A pool of shells. */
export class Shells {
  readonly #guardian: Guardian
  readonly #spare: Array<Shell> = []
  readonly #waiting: Array<(shell: Shell | undefined) => void> = []
  #open = 0
  #given = 0
  #growing = false
  /** How many shells in a row were not ready since one was, which is for want of something; none was ready before. */
  #failed: number | undefined
  /** What is tried next; none when nothing works here. */
  #dialects: ReadonlyArray<Dialect>

  constructor(guardian: Guardian, dialects: ReadonlyArray<Dialect>) {
    this.#guardian = guardian
    this.#dialects = dialects
  }

  /** A shell for one leader; `undefined` where no shell does. */
  take(): Promise<Shell | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#serve()
      if (this.#waiting.length > 0 && !this.#growing) void this.#grow()
    })
  }

  /** A leader has ended, or could not be started. */
  give(shell: Shell): void {
    this.#given++
    this.#keep(shell)
  }

  /** Ends the shells that are not taken. */
  close(): void {
    for (const shell of this.#spare.splice(0)) this.#end(shell)
  }

  #keep(shell: Shell): void {
    if (shell.idle && this.#spare.length < spareShells) this.#spare.push(shell)
    else this.#end(shell)
    this.#serve()
  }

  #serve(): void {
    while (this.#waiting.length > 0 && (this.#dialects.length === 0 || this.#spare.length > 0)) {
      const shell = this.#spare.pop()
      if (shell?.idle !== false) this.#waiting.shift()!(shell)
      else this.#end(shell)
    }
  }

  async #grow(): Promise<void> {
    this.#growing = true
    while (this.#waiting.length > 0) {
      const given = this.#given
      await this.#begin()
      if (this.#open >= freely && given !== this.#given) await this.#quiet()
    }
    this.#growing = false
  }

  async #begin(): Promise<void> {
    const [dialect] = this.#dialects
    if (dialect === undefined) return
    const shell = this.#make(dialect)
    if (shell === undefined) return this.#excuse()
    if (await shell.ready) this.#failed = 0
    else if (this.#failed === undefined) this.#dialects = this.#dialects.slice(1)
    else if (++this.#failed > 1) this.#excuse()
    this.#keep(shell)
  }

  /** `undefined` where the system lacks what a shell needs. */
  #make(dialect: Dialect): Shell | undefined {
    try {
      const shell = new Shell(this.#guardian, dialect)
      this.#open++
      return shell
    } catch {
      return undefined
    }
  }

  /** A waiter does without a shell: what is lacking is said where the leader cannot be started either. */
  #excuse(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(undefined)
  }

  #end(shell: Shell): void {
    this.#open--
    shell.close()
  }

  /** Waits until no shell is given back for a while, or nobody waits. */
  async #quiet(): Promise<void> {
    for (let given = -1; given !== this.#given && this.#waiting.length > 0;) {
      given = this.#given
      await setTimeout(patience)
    }
  }
}
