/**
 * A reporter for vitest that tells the test command how far the tests are and where they are: which test, hook or file
 * runs, and at last that only the end of the worker is missing. What hangs is therefore named by the last line.
 */
import { relative } from "node:path"
import process from "node:process"
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node"
import { mark, type Verdict, verdictMark } from "./Heard.ts"

/** A hook, and what it belongs to. */
type Hook = Parameters<NonNullable<Reporter["onHookStart"]>>[0]

/** How long vitest may take to notice that all files have ended. On Deno the last word of a worker can be lost. */
const patience = 30_000

/** Prints a line for each test, hook and file that begins or ends. */
export default class Progress implements Reporter {
  readonly #open = new Set<string>()
  #files = 0
  #filesEnded = 0
  #tests = 0
  #failed = 0
  #skipped = 0
  /** Files with a failed test, hook or import. */
  #broken = 0
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

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
    const state = test.result().state
    this.#tests++
    if (state === "failed") this.#failed++
    if (state === "skipped") this.#skipped++
    this.#tell(`after ${nameOf(test)}`)
  }

  onTestModuleEnd(module: TestModule): void {
    this.#open.delete(nameOf(module))
    this.#filesEnded++
    this.#tell(`after ${nameOf(module)}`)
    if (!module.ok()) this.#broken++
    if (this.#filesEnded < this.#files) return
    this.#tell("all files ended: the worker ends")
    setTimeout(() => this.#decide(), patience).unref()
  }

  onTestRunEnd(): void {
    this.#tell("all is reported: vitest ends")
    this.#decide()
  }

  #decide(): void {
    const passed = this.#tests - this.#failed - this.#skipped
    const errors = this.#broken + (this.#vitest?.state.getUnhandledErrors().length ?? 0)
    const verdict: Verdict = { passed, failed: this.#failed, errors }
    process.stdout.write(`${verdictMark}${JSON.stringify(verdict)}\n`)
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
