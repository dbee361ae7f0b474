/** The last line of progress names what hangs: a file, a hook, a test, the worker or vitest itself. */
import process from "node:process"
import { afterEach, expect, it, vi } from "vitest"
import type { TestCase, TestModule, TestSuite } from "vitest/node"
import Progress from "./progress.ts"

afterEach(() => void vi.restoreAllMocks())

const module = (name: string) => ({ type: "module", moduleId: `${process.cwd()}/test/${name}` }) as TestModule
const [a, b] = [module("a.test.ts"), module("b.test.ts")]
const suite = { type: "suite", module: b, fullName: "a suite" } as TestSuite
const test = { type: "test", module: b, fullName: "a suite > passes\nand more" } as TestCase

/** The last line after some events. */
const last = (play: (progress: Progress) => void): string => {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true)
  const progress = new Progress()
  progress.onTestRunStart([a, b])
  play(progress)
  return String(written.mock.lastCall?.[0])
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
  const all = (it: Progress) => (untilB(it), it.onTestModuleEnd(b))
  const ends = "progress: 2 of 2 files, 0 tests"
  expect(last(all)).toBe(`${ends}, after test/b.test.ts, the last file: the worker ends\n`)
  expect(last((it) => (all(it), it.onTestRunEnd()))).toBe(`${ends}, all is reported: vitest ends\n`)
})
