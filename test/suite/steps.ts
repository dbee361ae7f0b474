/** What the test command runs, and which tests run on which runtimes. */
import { join } from "node:path"
import type { Step } from "./Step.ts"

interface Choice {
  readonly pattern: string
  readonly reason: string
}

/** Tests that start programs; they run beside the others, one file after another: some build `dist`, all need the processor. */
const programs: ReadonlyArray<Choice> = [
  { pattern: "test/cli/**", reason: "starts the command, which is a program for Node" },
  { pattern: "test/crash/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/package/**", reason: "packs once, and itself starts Node, Bun and Deno on the result" },
  { pattern: "test/process/engine/**", reason: "starts container engines, whose programs are the same everywhere" },
  { pattern: "test/runtimes/**", reason: "itself starts Node, Bun and Deno" },
  { pattern: "test/stress/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/types/**", reason: "starts the compiler" },
  { pattern: "test/examples/readme.test.ts", reason: "starts Node as the README does; the examples run everywhere" }
]

/** Tests of rules apart from effects: they use the language alone, so that the answer is the same on every runtime. */
const rules: ReadonlyArray<Choice> = [
  { pattern: "test/tidy.test.ts", reason: "reads the sources" },
  { pattern: "test/tidy/**", reason: "tests the checker of the sources, which runs on Node" },
  { pattern: "test/suite/**", reason: "tests this command, which runs on Node" },
  { pattern: "test/lock/**", reason: "rules of permits; the engine and the journal use them everywhere" },
  { pattern: "test/plan/**", reason: "rules of plans" },
  { pattern: "test/run/**", reason: "rules of runs; the engine uses them everywhere" },
  { pattern: "test/conformance/fields/**", reason: "reads cases and the support table" },
  { pattern: "test/manifest/decode/**", reason: "texts in, values out" },
  { pattern: "test/manifest/expr/**", reason: "texts in, values out" },
  { pattern: "test/manifest/hostile/**", reason: "the same reader of manifests, with odd texts" },
  { pattern: "test/manifest/lint/**", reason: "texts in, messages out" },
  { pattern: "test/manifest/template/**", reason: "texts in, texts out" },
  { pattern: "test/manifest/when/**", reason: "texts in, values out" }
]

const nodeOnly = [...programs, ...rules]

const exclude = (choices: ReadonlyArray<Choice>) => choices.flatMap(({ pattern }) => ["--exclude", pattern])

/** The places that vitest is told to look at: a pattern without its stars. */
const only = (choices: ReadonlyArray<Choice>) => choices.map(({ pattern }) => pattern.replace("**", ""))

/** The steps, the longest first; `scratch` is where reports go. */
export const stepsOf = (scratch: string, quick: boolean): ReadonlyArray<Step> => {
  const vitest = (name: string, launcher: ReadonlyArray<string>, ...options: ReadonlyArray<string>): Step => {
    const report = join(scratch, `${name}.json`)
    const reporters = ["--reporter=default", "--reporter=test/suite/progress.ts", "--reporter=json"]
    const command = [...launcher, "node_modules/vitest/vitest.mjs", "run", ...options, ...reporters]
    return { name: `tests ${name}`, command: [...command, `--outputFile=${report}`], report }
  }
  const simulate = (name: string, seeds: number, ...options: ReadonlyArray<string>): Step => ({
    name,
    command: ["node", "test/sim/main.ts", "--seeds", String(seeds), ...options]
  })
  return [
    vitest("of programs", ["node"], "--maxWorkers", "1", ...only(programs)),
    vitest("on Node", ["node"], ...exclude(programs)),
    ...quick ? [] : [
      // The forks pool crashes on Bun.
      vitest("on Bun", ["bun", "--bun"], "--pool", "threads", ...exclude(nodeOnly)),
      vitest("on Deno", ["deno", "run", "-A"], ...exclude(nodeOnly))
    ],
    { name: "format", command: ["deno", "fmt", "--check"] },
    { name: "lint", command: ["deno", "lint"] },
    { name: "types", command: ["tsc", "--noEmit"] },
    { name: "type tests", command: ["tsc", "--noEmit", "-p", "test/types"] },
    simulate("simulation", quick ? 100 : 1000),
    simulate("simulation of artifacts", quick ? 50 : 500, "--artifacts")
  ]
}
