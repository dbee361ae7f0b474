/** A reporter for vitest that tells the test command how far the tests are, and which one runs. */
import { relative } from "node:path"
import process from "node:process"
import type { Reporter, TestCase } from "vitest/node"
import { mark } from "./Step.ts"

/** Prints a line for each test that begins or ends. */
export default class Progress implements Reporter {
  #files = 0
  #filesEnded = 0
  #tests = 0

  onTestRunStart(specifications: ReadonlyArray<unknown>): void {
    this.#files = specifications.length
  }

  onTestCaseReady(test: TestCase): void {
    this.#tell(`${relative(process.cwd(), test.module.moduleId)}: ${test.fullName.split("\n")[0]}`)
  }

  onTestCaseResult(test: TestCase): void {
    this.#tests++
    this.onTestCaseReady(test)
  }

  onTestModuleEnd(): void {
    this.#filesEnded++
  }

  #tell(running: string): void {
    process.stdout.write(`${mark}${this.#filesEnded} of ${this.#files} files, ${this.#tests} tests, now ${running}\n`)
  }
}
