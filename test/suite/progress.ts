/**
 * A reporter for vitest that tells the test command how far the tests are and where they are: which test, hook or file
 * runs, and at last that only the end of the worker is missing. What hangs is therefore named by the last line.
 */
import { relative } from "node:path"
import process from "node:process"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"
import { mark } from "./Step.ts"

/** A hook, and what it belongs to. */
type Hook = Parameters<NonNullable<Reporter["onHookStart"]>>[0]

/** Prints a line for each test, hook and file that begins or ends. */
export default class Progress implements Reporter {
  readonly #open = new Set<string>()
  #files = 0
  #filesEnded = 0
  #tests = 0

  onTestRunStart(specifications: ReadonlyArray<unknown>): void {
    this.#files = specifications.length
  }

  onTestModuleStart(module: TestModule): void {
    this.#open.add(nameOf(module))
    this.#tell(`begins ${nameOf(module)}`)
  }

  onHookStart({ entity, name }: Hook): void {
    this.#tell(`in ${name} of ${nameOf(entity)}`)
  }

  onHookEnd({ entity, name }: Hook): void {
    this.#tell(`after ${name} of ${nameOf(entity)}`)
  }

  onTestCaseReady(test: TestCase): void {
    this.#tell(`in ${nameOf(test)}`)
  }

  onTestCaseResult(test: TestCase): void {
    this.#tests++
    this.#tell(`after ${nameOf(test)}`)
  }

  onTestModuleEnd(module: TestModule): void {
    this.#open.delete(nameOf(module))
    this.#filesEnded++
    this.#tell(`after ${nameOf(module)}${this.#filesEnded === this.#files ? ", the last file: the worker ends" : ""}`)
  }

  onTestRunEnd(): void {
    this.#tell("all is reported: vitest ends")
  }

  #tell(where: string): void {
    const open = this.#open.size === 0 ? "" : `; not ended: ${[...this.#open].join(", ")}`
    process.stdout.write(`${mark}${this.#filesEnded} of ${this.#files} files, ${this.#tests} tests, ${where}${open}\n`)
  }
}

const nameOf = (entity: TestCase | TestSuite | TestModule): string => {
  if (entity.type === "module") return relative(process.cwd(), entity.moduleId)
  return `${nameOf(entity.module)}: ${entity.fullName.split("\n")[0]}`
}
