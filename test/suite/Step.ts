/**
 * One step of the test command: a program that is run to its end, and killed when it is silent for too long.
 *
 * Owns: the program and every process it starts in its group. Invariants: a step that prints is never killed, however
 * long it takes; what it prints is kept for the case that it fails, apart from its marks of progress. A step that is
 * killed tells where it was and what still ran. A step that has given its verdict is over: on Deno, vitest waits
 * without end for a worker that does not end when it is first asked to, so what lingers is killed; the verdict stands.
 */
import { spawn } from "node:child_process"
import process from "node:process"
import { type Ended, Heard } from "./Heard.ts"

/** A program, and what is counted of it. */
export interface Step {
  readonly name: string
  readonly command: ReadonlyArray<string>
  /** Where vitest leaves its report; its tests are counted instead of the step. */
  readonly report?: string
  /** The same for these files of tests alone. */
  readonly alone?: (files: ReadonlyArray<string>) => Step
}

/** Where a step runs and how long it may be silent. */
export interface Setting {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly silenceMillis: number
  /** Hears how far the step is. */
  readonly progress: (text: string) => void
}

/** How long a step may take to end once its verdict is known. */
const lingerMillis = 20_000

/** Runs a step to its end. */
export const runStep = ({ command: [program = "", ...args] }: Step, setting: Setting): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { ...setting, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    const kill = (): void => void (child.pid !== undefined && process.kill(-child.pid, "SIGKILL"))
    const killIfAlive = () => child.exitCode === null && child.signalCode === null && kill()
    const heard = new Heard(setting.progress)
    const alarmAfter = (millis: number) => setTimeout(() => (heard.giveUp(child.pid, millis / 1000), kill()), millis)
    let alarm = alarmAfter(setting.silenceMillis)
    const sign = () => !heard.isDecided && alarm.refresh()
    const hear = (line: string): void => {
      const wasDecided = heard.isDecided
      heard.hear(line)
      sign()
      if (wasDecided || !heard.isDecided) return
      clearTimeout(alarm)
      alarm = alarmAfter(lingerMillis)
    }
    for (const stream of [child.stdout, child.stderr]) listen(stream, sign, hear)
    process.once("exit", killIfAlive)
    const end = (code: number): void => {
      clearTimeout(alarm)
      process.off("exit", killIfAlive)
      resolve(heard.ended(code))
    }
    child.on("error", (error) => (heard.hear(error.message), end(1)))
    child.on("close", (code) => end(code ?? 1))
  })

const listen = (stream: NodeJS.ReadableStream, sign: () => void, hear: (line: string) => void): void => {
  let rest = ""
  stream.setEncoding("utf8").on("data", (text: string) => {
    sign()
    const lines = `${rest}${text}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) hear(line)
  }).on("end", () => rest !== "" && hear(rest))
}
