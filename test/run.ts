/**
 * The test command: `npm test`, or `npm run ok` for `--quick` (Node only).
 *
 * Runs the steps one after the other, one line each with its duration; shows what a failing step printed (of tests: without those that
 * passed); ends with `N passed, N failed`, which counts every vitest test on every runtime, and 1 for each other step. A step that hangs is
 * killed after ten minutes and failed.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

interface Step {
  readonly name: string
  readonly command: ReadonlyArray<string>
  /** Where vitest leaves its report; its tests are counted instead of the step. */
  readonly report?: string
}

interface Count {
  readonly passed: number
  readonly failed: number
}

interface Ended {
  readonly code: number
  readonly output: string
}

const root = fileURLToPath(new URL("../", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "pinnace-test-"))
const limitMillis = 600_000
const quick = process.argv.includes("--quick")

/** Tests that run on Node only; everything else runs on Node, Bun and Deno. */
const nodeOnly: ReadonlyArray<{ readonly pattern: string; readonly reason: string }> = [
  { pattern: "test/tidy.test.ts", reason: "reads the sources: the answer is the same everywhere" },
  { pattern: "test/tidy/**", reason: "tests the checker of the sources, which runs on Node" },
  { pattern: "test/package/**", reason: "packs once, and itself starts Node, Bun and Deno on the result" },
  { pattern: "test/crash/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/runtimes/**", reason: "itself starts Node, Bun and Deno" },
  { pattern: "test/process/engine/**", reason: "starts container engines, whose programs are the same everywhere" },
  { pattern: "test/stress/**", reason: "kills child processes, and itself chooses the runtime of each" },
  { pattern: "test/cli/**", reason: "starts the command, which is a program for Node" }
]

const vitest = (runtime: string, launcher: ReadonlyArray<string>, options: ReadonlyArray<string> = []): Step => {
  const report = join(scratch, `${runtime}.json`)
  const reporting = ["--reporter=default", "--reporter=json", `--outputFile=${report}`]
  return {
    name: `tests on ${runtime}`,
    command: [...launcher, "node_modules/vitest/vitest.mjs", "run", ...options, ...reporting],
    report
  }
}

const excluded = nodeOnly.flatMap(({ pattern }) => ["--exclude", pattern])

const steps: ReadonlyArray<Step> = [
  { name: "format", command: ["deno", "fmt", "--check"] },
  { name: "lint", command: ["deno", "lint"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  ...(existsSync(join(root, "test/types/tsconfig.json"))
    ? [{ name: "type tests", command: ["tsc", "--noEmit", "-p", "test/types"] }]
    : []),
  vitest("Node", ["node"]),
  ...(quick ? [] : [
    // The forks pool crashes on Bun.
    vitest("Bun", ["bun", "--bun"], ["--pool", "threads", ...excluded]),
    vitest("Deno", ["deno", "run", "-A"], excluded)
  ]),
  { name: "simulation", command: ["node", "test/sim/main.ts", "--seeds", quick ? "100" : "1000"] },
  {
    name: "simulation of artifacts",
    command: ["node", "test/sim/main.ts", "--artifacts", "--seeds", quick ? "50" : "500"]
  }
]

const run = ({ command: [program = "", ...args] }: Step): Promise<Ended> =>
  new Promise((resolve) => {
    const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter)
    const child = spawn(program, args, {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: path, NO_COLOR: "1", FORCE_COLOR: undefined }
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output += text)
    const kill = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL")
    const timer = setTimeout(() => (output += `\nkilled after ${limitMillis / 1000} s\n`, kill()), limitMillis)
    process.once("exit", () => child.exitCode === null && child.signalCode === null && kill())
    child.on("error", (error) => (clearTimeout(timer), resolve({ code: 1, output: `${output}${error.message}\n` })))
    child.on("close", (code) => (clearTimeout(timer), resolve({ code: code ?? 1, output })))
  })

/** A vitest that fails without a failed test (an unhandled error, a crash, no test at all) counts as one failure. */
const count = (step: Step, { code }: Ended): Count => {
  if (step.report === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  if (!existsSync(step.report)) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(step.report, "utf8"))
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed }
}

/** Green tests would bury the red ones: thousands of lines that a log of limited length keeps instead. */
const failure = (step: Step, { output }: Ended): string => {
  const lines = output.trimEnd().split("\n")
  const telling = step.report === undefined ? lines : lines.filter((line) => !/^\s*[✓↓]/.test(line))
  return telling.map((line) => `    ${line}`).join("\n")
}

const total = { passed: 0, failed: 0 }
const print = (text: string) => process.stdout.write(`${text}\n`)
process.once("SIGINT", () => process.exit(130))
process.once("SIGTERM", () => process.exit(143))

for (const step of steps) {
  const started = performance.now()
  const ended = await run(step)
  const { passed, failed } = count(step, ended)
  total.passed += passed
  total.failed += failed
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const tests = step.report === undefined ? "" : ` (${passed} passed${failed === 0 ? "" : `, ${failed} failed`})`
  print(`${failed === 0 ? "ok  " : "FAIL"}  ${step.name}  ${seconds} s${tests}`)
  if (failed > 0) print(failure(step, ended))
}
rmSync(scratch, { recursive: true, force: true })
print(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
