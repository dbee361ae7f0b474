/** What a step counts, and what is shown of it when it fails. */
import { existsSync, readFileSync } from "node:fs"
import type { Ended } from "./Heard.ts"
import type { Step } from "./Step.ts"

/** How many passed and failed. */
export interface Count {
  readonly passed: number
  readonly failed: number
}

/**
 * A vitest that fails without a failed test (an unhandled error, a crash, no test at all) counts as one failure. Its
 * report is asked first; one that hung before it wrote it has told its verdict.
 */
export const count = (step: Step, { code, verdict }: Ended): Count => {
  if (step.report === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  const { failed, passed } = existsSync(step.report) ? reported(step.report) : verdict ?? { passed: 0, failed: 1 }
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed }
}

/** A file of tests that failed, and how many of its tests passed. */
export interface FailedFile {
  readonly name: string
  readonly passed: number
}

/** The files that a step's report calls failed; none where no report was written. */
export const failedFiles = ({ report = "" }: Step): ReadonlyArray<FailedFile> => {
  if (!existsSync(report)) return []
  const { testResults }: Report = JSON.parse(readFileSync(report, "utf8"))
  return testResults.filter(({ status }) => status === "failed").map(({ assertionResults, name }) => ({
    name,
    passed: assertionResults.filter(({ status }) => status === "passed").length
  }))
}

/** The part of vitest's report that names files. */
interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly assertionResults: ReadonlyArray<{ readonly status: string }>
  }>
}

const reported = (report: string): Count => {
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, "utf8"))
  return { passed, failed }
}

/** Green tests would bury the red ones: thousands of lines that a log of limited length keeps instead. */
export const failure = (step: Step, { output }: Ended): string => {
  const lines = output.trimEnd().split("\n")
  const telling = step.report === undefined ? lines : lines.filter((line) => !/^\s*[✓↓]/.test(line))
  return telling.map((line) => `    ${line}`).join("\n")
}
