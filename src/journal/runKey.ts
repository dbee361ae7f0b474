/** Run keys are unique without asking the disk: the process that creates a run numbers it within its own share. */

/** Runs one process may create before its share is used up. */
const share = 2 ** 32

/**
 * The key of the n-th run (from 1) that a process creates; an integer below 2^53 for the first two million processes.
 */
export const runKey = (process: number, n: number): number => process * share + n

/** The process that created the run with this key. */
export const creatorOf = (key: number): number => Math.floor(key / share)
