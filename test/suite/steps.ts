/** What the test command runs, and which tests run on which runtimes. */
import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Step } from "./Step.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

interface Choice {
  readonly pattern: string
  /** Names of files of the folder that are not meant. */
  readonly but?: ReadonlyArray<string>
  readonly reason: string
}

/**
 * Tests that start programs; they run beside the others, one
 * file after another: some build `dist`, all need the processor.
 */
const programs: ReadonlyArray<Choice> = [
  { pattern: "test/cli/**", reason: "starts the command, which is a program for Node" },
  { pattern: "test/crash/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/package/**", reason: "packs once, and itself starts Node, Bun and Deno on the result" },
  { pattern: "test/otel/whole.test.ts", reason: "kills child processes, which are programs of Node" },
  { pattern: "test/page/page.test.ts", reason: "starts a browser" },
  { pattern: "test/process/engine/**", reason: "starts container engines, whose programs are the same everywhere" },
  { pattern: "test/runtimes/**", reason: "itself starts Node, Bun and Deno" },
  { pattern: "test/server/recipes.test.ts", reason: "starts the command, which is a program for Node" },
  { pattern: "test/server/ui.test.ts", reason: "starts the command, which is a program for Node" },
  { pattern: "test/stress/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/types/**", reason: "starts the compiler" }
]

/**
 * Of the engine's tests: what uses timers, files, streams, processes,
 * errors or text of the runtime, and a few of all the rest.
 */
const engine = [
  ...["artifacts", "bodies", "clock", "close", "idle", "interruption", "lockedFile", "logs", "processes", "restarts"],
  ...["secrets", "storageFailure", "thrown", "unreadable"],
  ...["graph", "retry", "signals"]
]

/**
 * Tests whose subject uses the language alone, so that the answer is
 * the same on every runtime. `--long` runs them there all the same.
 */
const rules: ReadonlyArray<Choice> = [
  { pattern: "test/tidy.test.ts", reason: "reads the sources" },
  { pattern: "test/docs/*.test.ts", but: ["programs"], reason: "reads pages" },
  { pattern: "test/messages/**", reason: "reads the sources" },
  { pattern: "test/tidy/**", reason: "tests the checker of the sources, which runs on Node" },
  { pattern: "test/suite/**", reason: "tests this command, which runs on Node" },
  { pattern: "test/artifact/**", reason: "texts in, texts out" },
  { pattern: "test/conformance/fields/**", reason: "reads cases and the support table" },
  { pattern: "test/export/differential.test.ts", reason: "two engines in virtual time, on journals in memory" },
  { pattern: "test/embed/archive/**", reason: "odd archives; honest ones are written and read everywhere" },
  {
    pattern: "test/engine/*.test.ts",
    but: engine,
    reason: "the engine in virtual time, on a journal in memory"
  },
  { pattern: "test/engine/door/**", reason: "odd values at every entry, which rules of ours refuse" },
  { pattern: "test/journal/**", reason: "the journal in memory; that of SQLite is tested everywhere" },
  { pattern: "test/postgres/*.test.ts", but: ["open"], reason: "what a server does; sessions are opened everywhere" },
  { pattern: "test/lock/**", reason: "rules of permits; the engine and the journal use them everywhere" },
  { pattern: "test/argo/*.test.ts", reason: "texts in, values out" },
  {
    pattern: "test/argo/artifact/git.test.ts",
    reason: "starts git; processes of all kinds are started everywhere"
  },
  {
    pattern: "test/argo/cron/*.test.ts",
    but: ["schedule"],
    reason: "rules of schedules; time zones are tested everywhere"
  },
  { pattern: "test/argo/decode/**", reason: "texts in, values out" },
  { pattern: "test/argo/expr/**", reason: "texts in, values out" },
  { pattern: "test/argo/hostile/**", reason: "the same reader of manifests, with odd texts" },
  { pattern: "test/argo/kubectl/**", reason: "starts kubectl; processes of all kinds are started everywhere" },
  { pattern: "test/argo/lint/**", reason: "texts in, messages out" },
  {
    pattern: "test/argo/run/*.test.ts",
    but: ["containers", "flow", "http"],
    reason: "rules of manifests in virtual time"
  },
  { pattern: "test/argo/template/**", reason: "texts in, texts out" },
  { pattern: "test/argo/when/**", reason: "texts in, values out" },
  { pattern: "test/page/*.test.ts", but: ["page"], reason: "rules of the page, which runs in browsers" },
  { pattern: "test/plan/**", reason: "rules of plans" },
  { pattern: "test/process/netcat.test.ts", reason: "tests a program in Python" },
  { pattern: "test/process/runArguments.test.ts", reason: "texts in, texts out" },
  { pattern: "test/reuse/invariants.test.ts", reason: "rules of reuse; keys are compared between the runtimes" },
  { pattern: "test/run/**", reason: "rules of runs; the engine uses them everywhere" },
  { pattern: "test/server/argo/**", reason: "requests in, answers out; sockets and streams are tested everywhere" },
  { pattern: "test/sim/**", reason: "the engine in virtual time, on a journal in memory" },
  {
    pattern: "test/store/*.test.ts",
    but: ["archive", "disk", "hostile", "s3"],
    reason: "rules of keys, and the store in memory"
  },
  { pattern: "test/view/**", reason: "records in, what is shown of them out" },
  { pattern: "test/workflow/*.test.ts", but: ["codec", "Secret"], reason: "definitions in, values out" }
]

/** What only Node is asked, even with `--long`. */
const nodeAlone: ReadonlyArray<Choice> = [
  ...programs,
  ...["test/tidy.test.ts", "test/tidy/**", "test/docs/*.test.ts", "test/messages/**", "test/suite/**"]
    .map((pattern) => ({ pattern, reason: "checks this repository, with tools that run on Node" })),
  ...["argoHome", "axe", "dialogs", "keyboard", "layout", "lost", "pages", "size", "tabs"].map((name) => ({
    pattern: `test/page/${name}.test.ts`,
    reason: "what a browser makes of the page; that it is served is tested with its runs"
  }))
]

/** A pattern that leaves files out is told as the files it means: what else begins with their names is not left out. */
const meant = ({ but, pattern }: Choice): ReadonlyArray<string> =>
  but === undefined
    ? [pattern]
    : globSync(pattern, { cwd: root }).filter((file) => !but.includes(basename(file, ".test.ts")))

const exclude = (choices: ReadonlyArray<Choice>) => choices.flatMap(meant).flatMap((file) => ["--exclude", file])

/** The rules that `--long` asks Bun and Deno as well. */
const rulesElsewhere = (): ReadonlyArray<string> => {
  const left = new Set(nodeAlone.flatMap(({ pattern }) => globSync(pattern, { cwd: root })))
  return rules.flatMap(meant).flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => file.endsWith(".test.ts") && !left.has(file))
}

/** The places that vitest is told to look at: a pattern without its stars. */
const only = (choices: ReadonlyArray<Choice>) => choices.map(({ pattern }) => pattern.replace("**", ""))

/** How much is run. */
export interface Extent {
  /** On Node only, with shorter simulations. */
  readonly quick: boolean
  /** On Bun and Deno also what is the same on every runtime. */
  readonly long: boolean
  /** Only what `long` has beyond the test command: whole sweeps, and what is the same on every runtime. */
  readonly rest: boolean
}

/** The files whose tests are longer with `--long`: they read it themselves, or ask `sweepOf`. */
export const sweeps = (): ReadonlyArray<string> =>
  globSync("test/**/*.test.ts", { cwd: root })
    .filter((file) => /PINNACE_TEST_LONG|[^"\w]sweepOf\(/.test(readFileSync(join(root, file), "utf8")))
    .sort()

/** How a runtime starts vitest: the program before it, options after it. */
interface Launcher {
  readonly program: ReadonlyArray<string>
  readonly options?: ReadonlyArray<string>
}

const node: Launcher = { program: ["node"] }
// The forks pool crashes on Bun.
const bun: Launcher = { program: ["bun", "--bun"], options: ["--pool", "threads"] }
const deno: Launcher = { program: ["deno", "run", "-A"] }

/** The steps, the longest first; `scratch` is where reports go. */
export const stepsOf = (scratch: string, { long, quick, rest }: Extent): ReadonlyArray<Step> => {
  const tests = (name: string, { options = [], program }: Launcher, choice: ReadonlyArray<string>): Step => {
    const report = join(scratch, `${name}.json`)
    const reporters = ["--reporter=default", "--reporter=test/suite/progress.ts", "--reporter=json"]
    const command = [...program, "node_modules/vitest/vitest.mjs", "run", ...options, ...choice, ...reporters]
    return { name: `tests ${name}`, command: [...command, `--outputFile=${report}`], report }
  }
  const vitest = (name: string, launcher: Launcher, ...choice: ReadonlyArray<string>): Step => ({
    ...tests(name, launcher, choice),
    alone: (files) => tests(`${name}, alone`, launcher, files)
  })
  const simulate = (name: string, seeds: number, ...options: ReadonlyArray<string>): Step => ({
    name,
    command: ["node", "test/sim/main.ts", "--seeds", String(seeds), ...options]
  })
  if (rest) {
    return [
      vitest("of whole sweeps", node, ...sweeps()),
      vitest("of rules on Bun", bun, ...rulesElsewhere()),
      vitest("of rules on Deno", deno, ...rulesElsewhere())
    ]
  }
  const nodeOnly = long ? nodeAlone : [...programs, ...rules]
  return [
    vitest("of programs", node, "--maxWorkers", "1", ...only(programs)),
    vitest("on Node", node, ...exclude(programs)),
    ...quick ? [] : [
      vitest("on Bun", bun, ...exclude(nodeOnly)),
      vitest("on Deno", deno, ...exclude(nodeOnly))
    ],
    { name: "format", command: ["deno", "fmt", "--check"] },
    { name: "lint", command: ["deno", "lint"] },
    { name: "types", command: ["tsc", "--noEmit"] },
    { name: "type tests", command: ["tsc", "--noEmit", "-p", "test/types"] },
    simulate("simulation", quick ? 100 : 400),
    simulate("simulation of artifacts", quick ? 50 : 200, "--artifacts"),
    simulate("simulation of manifests", quick ? 50 : 150, "--manifests")
  ]
}
