/**
 * SIGTERM and SIGHUP: this process has to go, its runs do not.
 * They are left as kill -9 leaves them, but in an orderly way.
 */
import process from "node:process"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"

/** The exit codes by signal, as shells have them. */
export const leaveCodes = { SIGHUP: 129, SIGTERM: 143 } as const

/** A signal that asks this process to leave. */
export type LeaveSignal = keyof typeof leaveCodes

const signals = Object.keys(leaveCodes) as ReadonlyArray<LeaveSignal>

/** Calls back once when this process is asked to leave, until the returned function is called. */
export const onLeave = (leave: (code: number) => void): () => void => {
  const heard = (signal: LeaveSignal): void => leave(leaveCodes[signal])
  for (const signal of signals) process.on(signal, heard)
  return () => {
    for (const signal of signals) process.off(signal, heard)
  }
}

/** The same, also for an interrupt. */
export const onEnd = (leave: (code: number) => void): () => void => {
  const unleave = onLeave(leave)
  const interrupt = (): void => leave(exitCodes.interrupted)
  process.on("SIGINT", interrupt)
  return () => {
    process.off("SIGINT", interrupt)
    unleave()
  }
}

/** Whether an exit code says that the process was asked to leave. */
export const isLeaving = (code: number): boolean => (Object.values(leaveCodes) as ReadonlyArray<number>).includes(code)

/** The one sentence about runs that are left, with the command that lets them go on. */
export const leftSentence = (shell: Shell, ids: ReadonlyArray<string>): string => {
  if (shell.db === ":memory:") return `Left ${ids.join(", ")}: nothing is kept with --db :memory:`
  return `Left unfinished. Go on with: ${shell.program} resume ${ids.join(" ")}${shell.dbOption}`
}
