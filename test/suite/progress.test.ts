/** The last line of progress names what hangs: a file, a hook, a test, the worker or vitest itself. */
import process from "node:process"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import type { TestCase, TestModule, TestSuite, Vitest } from "vitest/node"
import Progress from "./progress.ts"

// The reporter of these tests runs in the worker of all tests: in real time it would give its verdict on them.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout"] }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const module = (name: string, isOk = true) =>
  ({ type: "module", moduleId: `${process.cwd()}/test/${name}`, ok: () => isOk }) as TestModule
const [a, b] = [module("a.test.ts"), module("b.test.ts")]
const suite = { type: "suite", module: b, fullName: "a suite" } as TestSuite
const result = (state: string) => () => ({ state })
const test = { result: result("passed"), type: "test", module: b, fullName: "a suite > passes\nand more" } as TestCase

let written: Array<string> = []

/** The last line after some events. */
const last = (play: (progress: Progress) => void): string => {
  written = []
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0)
  const progress = new Progress()
  progress.onTestRunStart([a, b])
  play(progress)
  return written.at(-1)!
}
const untilB = (progress: Progress): void => {
  progress.onTestModuleStart(a)
  progress.onTestModuleEnd(a)
  progress.onTestModuleStart(b)
}
const inB = "test/b.test.ts: a suite"

it.each<[string, string, (progress: Progress) => void]>([
  ["a file that is loaded", "0 tests, begins test/b.test.ts; not ended: test/b.test.ts", () => {}],
  ["a test", `0 tests, in ${inB} > passes; not ended: test/b.test.ts`, (it) => it.onTestCaseReady(test)],
  [
    "a hook before a test",
    `0 tests, in beforeEach of ${inB} > passes; not ended: test/b.test.ts`,
    (it) => it.onHookStart({ name: "beforeEach", entity: test })
  ],
  ["a hook of a suite", `1 tests, in afterAll of ${inB}; not ended: test/b.test.ts`, (it) => {
    it.onTestCaseResult(test)
    it.onHookStart({ name: "afterAll", entity: suite })
  }],
  [
    "a hook of a file",
    "0 tests, in afterAll of test/b.test.ts; not ended: test/b.test.ts",
    (it) => it.onHookStart({ name: "afterAll", entity: b })
  ],
  [
    "a file after its hooks",
    "0 tests, after afterAll of test/b.test.ts; not ended: test/b.test.ts",
    (it) => it.onHookEnd({ name: "afterAll", entity: b })
  ]
])("%s is named by the last line", (_, line, play) => {
  expect(last((it) => (untilB(it), play(it)))).toBe(`progress: 1 of 2 files, ${line}\n`)
})

it("a worker that does not end, and a vitest that does not, are told apart from files", () => {
  const ends = "progress: 2 of 2 files, 0 tests"
  expect(last((it) => (untilB(it), it.onTestModuleEnd(b)))).toBe(`${ends}, all files ended: the worker ends\n`)
  expect(last((it) => (untilB(it), it.onTestModuleEnd(b), it.onTestRunEnd()))).toMatch(/^verdict: /)
  expect(written).toContain(`${ends}, all is reported: vitest ends\n`)
})

it.each([
  ["that failed", "failed", true, 0, { passed: 0, failed: 1, errors: 0 }],
  ["that passed", "passed", true, 0, { passed: 1, failed: 0, errors: 0 }],
  ["that was skipped", "skipped", true, 0, { passed: 0, failed: 0, errors: 0 }],
  ["beside a hook that failed", "passed", false, 0, { passed: 1, failed: 0, errors: 1 }],
  ["beside an unhandled rejection", "passed", true, 1, { passed: 1, failed: 0, errors: 1 }]
])("the verdict on a test %s is given half a minute after the last file at the latest", (_, state, isOk, more, it) => {
  last((progress) => {
    progress.onInit({ state: { getUnhandledErrors: () => Array(more) } } as Vitest)
    untilB(progress)
    progress.onTestCaseResult({ ...test, result: result(state) } as TestCase)
    progress.onTestModuleEnd(module("b.test.ts", isOk))
  })
  vi.advanceTimersByTime(29_999)
  expect(written.at(-1)).not.toMatch(/^verdict/)
  vi.advanceTimersByTime(1)
  expect(written.at(-1)).toBe(`verdict: ${JSON.stringify(it)}\n`)
})
