/**
 * Runs that this process cannot go on with: whoever follows one would wait for ever.
 *
 * Owns: what was told of them, and who waits for that. Does not own: why they are held, and what ends that.
 */
import type { HeldRun } from "../../engine/Engine.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"

/** What the engine tells of runs that it holds. */
export class HeldHere {
  readonly #shell: Shell
  readonly #told = new Map<string, string>()
  #hears: (held: HeldRun) => void = () => {}

  constructor(shell: Shell) {
    this.#shell = shell
  }

  /** For `open`. */
  readonly hear = (held: HeldRun): void => {
    this.#told.set(held.run, held.because)
    this.#hears(held)
  }

  /** Tells why a run is held, once it is; answers the exit code. */
  async of(run: string): Promise<number> {
    const because = this.#told.get(run) ?? await this.#next(run)
    this.#shell.complain(`${this.#shell.program}: run ${run} is held: ${because}`)
    return exitCodes.Failed
  }

  #next(run: string): Promise<string> {
    return new Promise((resolve) => {
      this.#hears = (held) => void (held.run === run && resolve(held.because))
    })
  }
}
