/**
 * What a run logs while it is followed, each line once and in its order.
 *
 * Owns: which lines were taken. Does not own: how they are shown.
 */
import * as Effect from "effect/Effect"
import type { PlacedLine } from "../../journal/Journal.ts"
import { type Changes, changesOf } from "../../view/changes.ts"
import type { RunSource } from "../../view/RunSource.ts"

/** The lines of one run. */
export class NewLines {
  readonly #source: Pick<RunSource, "logsAfter">
  readonly #run: number
  readonly #changes: Changes
  #since: number | undefined
  #last = 0
  /** One look after the other. */
  #work: Promise<unknown> = Promise.resolve()

  constructor(source: Pick<RunSource, "logsAfter" | "watch">, run: number) {
    this.#source = source
    this.#run = run
    this.#changes = changesOf(source, run)
  }

  /** Lines are given from this instant on; before, and where it was said already, this does nothing. */
  begin(at: number): void {
    this.#since ??= at
  }

  /** Hands on what has come, until `end`. */
  async each(come: () => Promise<void>): Promise<void> {
    while (await this.#changes.next()) await come()
  }

  /** What has come since this was asked last. */
  take(): Promise<ReadonlyArray<PlacedLine>> {
    const taken = this.#work.then(() => this.#take())
    this.#work = taken.catch(() => {})
    return taken
  }

  /** Ends it; what there is can still be taken. */
  end(): void {
    this.#changes.end()
  }

  async #take(): Promise<ReadonlyArray<PlacedLine>> {
    const since = this.#since
    if (since === undefined) return []
    const lines = await Effect.runPromise(this.#source.logsAfter(this.#run, this.#last))
    this.#last = lines.at(-1)?.id ?? this.#last
    return lines.filter(({ at }) => at >= since)
  }
}
