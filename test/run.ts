/**
 * The test command: `npm test`, or `npm run ok` for `--quick` (Node only);
 * `--long` plays whole sweeps, and on Bun and Deno also what is the same there; `--rest` is what that has beyond
 * the test command.
 *
 * Runs the steps of `suite/steps.ts`, three side by side where there are two cores, since programs wait for each other;
 * every few seconds a line tells how far they are. Each ends with a line and its duration; shows what a failing step
 * printed (of tests: without those that passed). A few files that failed are run once more, alone, when all else has
 * ended (`suite/secondLook.ts`). Ends with `N passed, N failed`, which counts every vitest test on every runtime, and
 * 1 for each other step, and names what passed only alone. A step that is silent for ten minutes is killed and failed.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { type Count, count, failure } from "./suite/count.ts"
import type { Ended } from "./suite/Heard.ts"
import { bundlePrograms } from "./suite/programs.ts"
import { countedAfter, type Doubtful, namesOf, secondLook } from "./suite/secondLook.ts"
import { runStep, type Setting, type Step } from "./suite/Step.ts"
import { stepsOf } from "./suite/steps.ts"

const root = fileURLToPath(new URL("../", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "pinnace-test-"))
// Programs of tests that become another user read their modules there.
chmodSync(scratch, 0o755)
const rest = process.argv.includes("--rest")
const long = rest || process.argv.includes("--long")
const print = (text: string) => process.stdout.write(`${text}\n`)
process.once("SIGINT", () => process.exit(130))
process.once("SIGTERM", () => process.exit(143))
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }))

const setting: Omit<Setting, "progress"> = {
  cwd: root,
  silenceMillis: 600_000,
  env: {
    ...process.env,
    PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    // Hundreds of programs load the same modules: Node compiles them once.
    NODE_COMPILE_CACHE: join(scratch, "compiled"),
    ...(long ? { PINNACE_TEST_LONG: "1" } : {}),
    ...await bundlePrograms(join(scratch, "programs"))
  }
}

/** Tells at most every five seconds how far a step is. */
const teller = ({ name }: Step) => {
  let next = performance.now() + 5_000
  return (text: string): void => {
    if (performance.now() < next) return
    next = performance.now() + 5_000
    print(`      ${name}: ${text}`)
  }
}

const total = { passed: 0, failed: 0 }
const doubtful: Array<Doubtful> = []
const unsteady: Array<string> = []

/** Runs a step, and tells how it ended. */
const played = async (step: Step): Promise<Ended> => {
  const started = performance.now()
  const ended = await runStep(step, { ...setting, progress: teller(step) })
  const { passed, failed } = count(step, ended)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const tests = step.report === undefined ? "" : ` (${passed} passed${failed === 0 ? "" : `, ${failed} failed`})`
  print(`${failed === 0 ? "ok  " : "FAIL"}  ${step.name}  ${seconds} s${tests}`)
  const lingered = /^killed: .*$/m.exec(ended.output)
  if (failed > 0) print(failure(step, ended))
  else if (lingered !== null) print(`      ${lingered[0]}`)
  return ended
}

const add = ({ failed, passed }: Count): void => {
  total.passed += passed
  total.failed += failed
}

const perform = async (step: Step): Promise<void> => {
  const ended = await played(step)
  const doubt = secondLook(step, ended)
  if (doubt === undefined) add(count(step, ended))
  else doubtful.push(doubt)
}

const lookAgain = async (doubt: Doubtful): Promise<void> => {
  const second = count(doubt.again, await played(doubt.again))
  if (second.failed === 0) unsteady.push(namesOf(doubt, root))
  add(countedAfter(doubt, second))
}

const waiting = [...stepsOf(scratch, { quick: process.argv.includes("--quick"), long, rest })]
const lane = async (): Promise<void> => {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await perform(step)
}
await Promise.all(Array.from({ length: Math.min(3, availableParallelism() + 1) }, lane))
for (const doubt of doubtful) await lookAgain(doubt)
const late = unsteady.length === 0 ? "" : `; unsteady, passed when run alone: ${unsteady.join("; ")}`
print(`${total.passed} passed, ${total.failed} failed${late}`)
process.exitCode = total.failed === 0 ? 0 : 1
