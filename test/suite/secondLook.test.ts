import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { removeTree } from "../removeTree.ts"
import { countedAfter, namesOf, secondLook } from "./secondLook.ts"
import type { Step } from "./Step.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-look-"))
afterAll(() => removeTree(folder))

/** A step whose report names these failed files, each with two tests that passed; and a file that is fine. */
const stepWith = (failed: ReadonlyArray<string>): Step => {
  const report = join(folder, "report.json")
  const result = (name: string, status: string) => ({
    name: join(folder, name),
    status,
    assertionResults: [{ status: "passed" }, { status: "passed" }, { status }]
  })
  const testResults = [...failed.map((name) => result(name, "failed")), result("fine.test.ts", "passed")]
  writeFileSync(
    report,
    JSON.stringify({ numPassedTests: 3 + 2 * failed.length, numFailedTests: failed.length, testResults })
  )
  return { name: "tests", command: [], report, alone: (files) => ({ name: "tests, alone", command: files }) }
}
const ended = (errors: number) => ({ code: 1, output: "", verdict: { passed: 0, failed: 0, errors } })

describe("a second look", () => {
  it("is taken at the failed files alone, and what passes then is counted as passed and named", () => {
    const look = secondLook(stepWith(["a.test.ts", "b.test.ts"]), ended(2))!
    expect(look.again.command).toEqual([join(folder, "a.test.ts"), join(folder, "b.test.ts")])
    expect(look.first).toEqual({ passed: 7, failed: 2 })
    expect(countedAfter(look, { passed: 6, failed: 0 })).toEqual({ passed: 9, failed: 0 })
    expect(namesOf(look, folder)).toBe("a.test.ts, b.test.ts (tests, alone)")
  })

  it("leaves failed what fails again", () => {
    const look = secondLook(stepWith(["a.test.ts"]), ended(1))!
    expect(countedAfter(look, { passed: 2, failed: 1 })).toEqual({ passed: 5, failed: 1 })
  })

  it.each([
    ["many files failed", stepWith.bind(null, ["1", "2", "3", "4", "5", "6"]), 6],
    ["an error is of no file", stepWith.bind(null, ["a.test.ts"]), 2],
    ["no file failed", stepWith.bind(null, []), 1],
    ["it wrote no report", (): Step => ({ name: "tests", command: [], report: join(folder, "none") }), 0],
    ["it has no tests", (): Step => ({ name: "types", command: [] }), 0]
  ])("is not taken where %s", (_, step, errors) => {
    expect(secondLook(step(), ended(errors))).toBeUndefined()
  })
})
