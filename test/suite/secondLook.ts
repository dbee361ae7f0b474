/**
 * A second look at files of tests that failed while other steps ran beside them.
 *
 * A machine that stands still for half a minute can turn a good test red, and the answer of a command that is asked
 * before every change must not hang on such a moment. So a few failed files are run once more, alone. What passes then
 * is called unsteady, by name, in the last line of the command: somebody has to find out why. What fails again has
 * failed; so has a step with many failed files, or with an error outside of files.
 */
import { relative } from "node:path"
import { type Count, count, type FailedFile, failedFiles } from "./count.ts"
import type { Ended } from "./Heard.ts"
import type { Step } from "./Step.ts"

/** With more failed files than that it was no bad moment. */
const most = 5

/** A step that gets a second look. */
export interface Doubtful {
  /** The step of its failed files alone. */
  readonly again: Step
  readonly files: ReadonlyArray<FailedFile>
  readonly first: Count
}

/** The second look that a step gets, if any. */
export const secondLook = (step: Step, ended: Ended): Doubtful | undefined => {
  const [first, files] = [count(step, ended), failedFiles(step)]
  const isOutside = (ended.verdict?.errors ?? 0) > files.length
  if (first.failed === 0 || files.length === 0 || files.length > most || isOutside) return undefined
  const again = step.alone?.(files.map(({ name }) => name))
  return again && { again, files, first }
}

/** What is counted of the step after both looks. */
export const countedAfter = ({ files, first }: Doubtful, second: Count): Count => {
  if (second.failed > 0) return first
  const before = files.reduce((sum, { passed }) => sum + passed, 0)
  return { passed: first.passed - before + second.passed, failed: 0 }
}

/** The files as people know them. */
export const namesOf = ({ again, files }: Doubtful, cwd: string): string =>
  `${files.map(({ name }) => relative(cwd, name)).join(", ")} (${again.name})`
