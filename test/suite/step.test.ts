/**
 * A step of the test command is killed for its silence, never
 * for its length. The time is virtual; the programs are real.
 */
import process from "node:process"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { count, failure } from "./count.ts"
import { runStep, type Setting, type Step } from "./Step.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
afterEach(() => void vi.useRealTimers())

const step = (program: string): Step => ({ name: "step", command: [process.execPath, "-e", program] })
const setting: Setting = { cwd: process.cwd(), env: process.env, silenceMillis: 120_000, progress: () => {} }
const hang = "setInterval(() => {}, 1e6)"

it.each([
  ["ends by itself", `console.log("done")`, 0, /^done$/],
  ["fails", `console.error("no"); process.exitCode = 3`, 3, /^no$/]
])("a step that %s is counted as it ended", async (_, program, code, output) => {
  const ended = await runStep(step(program), setting)
  expect(ended).toEqual({ code, output: expect.stringMatching(output) })
  expect(count(step(program), ended)).toEqual(code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
})

it.each([
  ["from its start", hang, "none"],
  ["after some progress", `console.log("progress: 3 of 9"); ${hang}`, "3 of 9"],
  [
    "with a child",
    `require("child_process").spawn("sleep", ["1000"]); console.log("progress: a child"); ${hang}`,
    "a child"
  ]
])("a step that is silent %s is killed after two minutes, and its last progress is told", async (_, program, last) => {
  const told = Promise.withResolvers<void>()
  const ended = runStep(step(program), { ...setting, progress: () => told.resolve() })
  if (last !== "none") await told.promise
  vi.advanceTimersByTime(119_999)
  vi.advanceTimersByTime(1)
  const { code, output } = await ended
  const [killed, title, ...processes] = output.split("\n")
  expect({ code, killed }).toEqual({
    code: 1,
    killed: `killed: it printed nothing for 120 s; its last progress: ${last}`
  })
  expect(title).toBe("its processes (pid, parent, state, age, command):")
  expect(processes.filter((line) => /^ +\d+ +\d+ /.test(line))).toHaveLength(last === "a child" ? 2 : 1)
  if (last === "a child") expect(output).toContain("sleep 1000")
  expect(count(step(program), await ended)).toEqual({ passed: 0, failed: 1 })
})

it.each([
  ["passed", { passed: 3, failed: 0, errors: 0 }, { passed: 3, failed: 0 }],
  ["with a failed test", { passed: 2, failed: 1, errors: 1 }, { passed: 2, failed: 1 }],
  ["with an error outside of tests", { passed: 2, failed: 0, errors: 1 }, { passed: 2, failed: 1 }]
])("a step that has ended %s and lingers is ended soon, and its verdict stands", async (_, verdict, counted) => {
  const told = Promise.withResolvers<void>()
  const line = `verdict: ${JSON.stringify(verdict)}`
  const lingers = `console.log('${line}'); console.log("progress: vitest ends"); console.log("more"); ${hang}`
  const ended = runStep(step(lingers), { ...setting, progress: () => told.resolve() })
  await told.promise
  vi.advanceTimersByTime(20_000)
  expect((await ended).output).toMatch(
    /^(more\n)?killed: it did not end within 20 s of its verdict; its last progress: vitest ends\nits processes/
  )
  expect(count({ ...step(lingers), report: "none" }, await ended)).toEqual(counted)
})

it("the code of a step that ends by itself after its verdict counts", async () => {
  const verdict = { passed: 1, failed: 0, errors: 0 }
  const program = `console.log('verdict: ${JSON.stringify(verdict)}'); process.exitCode = 1`
  const ended = await runStep(step(program), setting)
  expect(ended).toEqual({ code: 1, output: "", verdict })
  expect(count({ ...step(program), report: "none" }, ended)).toEqual({ passed: 1, failed: 1 })
})

it("a step that keeps printing is never killed, however long it takes", async () => {
  const heard: Array<string> = []
  const progress = (text: string): void => {
    heard.push(text)
    vi.advanceTimersByTime(119_999)
  }
  const prints = `
    console.log("progress: 1")
    let n = 1
    const timer = setInterval(() => { console.log("progress: " + ++n); if (n === 5) clearInterval(timer) }, 1)
  `
  expect(await runStep(step(prints), { ...setting, progress })).toEqual({ code: 0, output: "" })
  expect(heard).toEqual(["1", "2", "3", "4", "5"])
})

it("a program that cannot be started fails its step", async () => {
  const ended = await runStep({ name: "step", command: ["no-such-program"] }, setting)
  expect(ended).toMatchObject({ code: 1, output: expect.stringMatching(/ENOENT|not found/) })
})

it("of tests that fail, those that passed are not shown", () => {
  const ended = { code: 1, output: " ✓ fine\n × red\nwhy" }
  expect(failure({ ...step(""), report: "none" }, ended)).toBe("     × red\n    why")
})
