/** Run keys are unique without asking the disk: the process that creates a run numbers it within its own share. */

/** Runs one process may create before its share is used up. */
const share = 2 ** 32

/** The number of the last process whose keys are exact integers. */
export const mostProcesses: number = 2 ** 21 - 1

/** The key of the n-th run (from 1) that a process creates; an exact integer up to `mostProcesses`. */
export const runKey = (process: number, n: number): number => process * share + n

/** The process that created the run with this key. */
export const creatorOf = (key: number): number => Math.floor(key / share)
