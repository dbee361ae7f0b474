/** How long work takes, and how much of a processor: on a busy machine only the latter says something of the work. */
import { performance } from "node:perf_hooks"
import process from "node:process"

/** Milliseconds of the clock. */
export const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Milliseconds of the processor, in all threads of this process. */
export const cpuOf = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1_000
}
