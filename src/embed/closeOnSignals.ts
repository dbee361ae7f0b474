/** SIGTERM and SIGINT: an app closes its engine, and its runs go on in the next process. */
import process from "node:process"
import { constants } from "node:os"
import type { CloseOptions } from "../engine/life/close.ts"

/** A signal that asks a process to end. */
export type EndSignal = "SIGHUP" | "SIGINT" | "SIGTERM"

/** How an engine is closed when a signal comes. */
export interface CloseOnSignalsOptions extends CloseOptions {
  /** Which signals; default SIGTERM and SIGINT. */
  readonly signals?: ReadonlyArray<EndSignal>
  /** What the app ends first, such as its server; what it throws is written to standard error. */
  readonly before?: (signal: EndSignal) => Promise<void> | void
}

/**
 * Closes an engine at the first signal; the process then ends by itself, once nothing else holds it. At a second
 * signal it ends at once, as `kill -9` would end it: runs go on in the next process all the same. Where `close`
 * rejects, the handlers stay and the rejection is unhandled: the runtime prints it and ends the process with exit code
 * 1, unless the app listens to `unhandledRejection`. Answers a function that takes the handlers away.
 */
export const closeOnSignals = (
  pinnace: { readonly close: (options?: CloseOptions) => Promise<void> },
  { before, signals = ["SIGTERM", "SIGINT"], ...options }: CloseOnSignalsOptions = {}
): () => void => {
  let isClosing = false
  const heard = (signal: EndSignal): void => {
    if (isClosing) process.exit(128 + (constants.signals[signal] ?? 0))
    isClosing = true
    void ending(signal)
  }
  const ending = async (signal: EndSignal): Promise<void> => {
    try {
      await before?.(signal)
    } catch (error) {
      process.stderr.write(`pinnace: what comes before the engine ends failed: ${String(error)}\n`)
    }
    await pinnace.close(options)
    stop()
  }
  const stop = (): void => {
    for (const signal of signals) process.off(signal, heard)
  }
  for (const signal of signals) process.on(signal, heard)
  return stop
}
