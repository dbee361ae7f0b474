import { globSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { stepsOf, sweeps } from "./steps.ts"

const root = join(import.meta.dirname, "../..")
const all = globSync("test/**/*.test.ts", { cwd: root })
const command = (extent: Partial<Parameters<typeof stepsOf>[1]>, name: string) =>
  stepsOf("/nowhere", { quick: false, long: false, rest: false, ...extent })
    .find((step) => step.name === `tests ${name}`)!.command
const excluded = (words: ReadonlyArray<string>) =>
  new Set(words.flatMap((word, at) => words[at - 1] === "--exclude" ? globSync(word, { cwd: root }) : []))

it.each(["Bun", "Deno"])("the rest on %s is what `--long` has beyond the test command", (runtime) => {
  const [short, long] = [{}, { long: true }].map((extent) => excluded(command(extent, `on ${runtime}`)))
  const rest = command({ long: true, rest: true }, `of rules on ${runtime}`).filter((word) => word.endsWith(".test.ts"))
  expect(rest.toSorted()).toEqual(all.filter((file) => short!.has(file) && !long!.has(file)).toSorted())
  expect(rest.length).toBeGreaterThan(100)
})

it("whole sweeps are the files that play more with `--long`", () => {
  expect(sweeps()).toContain("test/crash/crash.test.ts")
  expect(sweeps()).not.toContain("test/suite/steps.test.ts")
  expect(command({ long: true, rest: true }, "of whole sweeps")).toEqual(expect.arrayContaining([...sweeps()]))
})
