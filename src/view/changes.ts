/** Waiting for a run to change, without missing anything between two looks and without ever polling. */
import type { RunSource } from "./RunSource.ts"

/** What is heard of a run until `end`. */
export interface Changes {
  /** Waits until something changed since it answered last; `false` once `end` was called. */
  readonly next: () => Promise<boolean>
  readonly end: () => void
}

/** Listens to a run from now on. */
export const changesOf = (source: Pick<RunSource, "watch">, run: number): Changes =>
  changes((heard) => source.watch(run, heard))

/** Listens to all runs from now on. */
export const anyChange = (source: Pick<RunSource, "watchAll">): Changes => changes((heard) => source.watchAll(heard))

const changes = (listen: (heard: () => void) => () => void): Changes => {
  let [changed, ended] = [false, false]
  let wake = (): void => {}
  const unwatch = listen(() => {
    changed = true
    wake()
  })
  return {
    next: async () => {
      if (!changed && !ended) await new Promise<void>((resolve) => wake = resolve)
      changed = false
      return !ended
    },
    end: () => {
      ended = true
      unwatch()
      wake()
    }
  }
}
