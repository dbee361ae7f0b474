/**
 * One step of the test command: a program that is run to its end, and killed when it is silent for too long.
 *
 * Owns: the program and every process it starts in its group. Invariants: a step that prints is never killed, however
 * long it takes; what it prints is kept for the case that it fails, apart from its marks of progress. A step that is
 * killed tells where it was and what still ran.
 */
import { execFileSync, spawn } from "node:child_process"
import process from "node:process"

/** A program, and what is counted of it. */
export interface Step {
  readonly name: string
  readonly command: ReadonlyArray<string>
  /** Where vitest leaves its report; its tests are counted instead of the step. */
  readonly report?: string
}

/** How a step has ended. */
export interface Ended {
  readonly code: number
  readonly output: string
}

/** Where a step runs and how long it may be silent. */
export interface Setting {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly silenceMillis: number
  /** Hears how far the step is. */
  readonly progress: (text: string) => void
}

/** What a line of progress begins with; the rest is for people. */
export const mark = "progress: "

/** Runs a step to its end. */
export const runStep = ({ command: [program = "", ...args] }: Step, setting: Setting): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { ...setting, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    const kill = (): void => void (child.pid !== undefined && process.kill(-child.pid, "SIGKILL"))
    const killIfAlive = () => child.exitCode === null && child.signalCode === null && kill()
    const lines: Array<string> = []
    let last = "none"
    const hear = (line: string): void => {
      if (!line.startsWith(mark)) return void lines.push(line)
      last = line.slice(mark.length)
      setting.progress(last)
    }
    const silent = (): void => {
      lines.push(`killed: it printed nothing for ${setting.silenceMillis / 1000} s; its last progress: ${last}`)
      lines.push(...processesOf(child.pid))
      kill()
    }
    const alarm = setTimeout(silent, setting.silenceMillis)
    for (const stream of [child.stdout, child.stderr]) listen(stream, () => alarm.refresh(), hear)
    process.once("exit", killIfAlive)
    const end = (code: number): void => {
      clearTimeout(alarm)
      process.off("exit", killIfAlive)
      resolve({ code, output: lines.join("\n") })
    }
    child.on("error", (error) => (lines.push(error.message), end(1)))
    child.on("close", (code) => end(code ?? 1))
  })

/** The processes that are killed, a line each: one that outlived its test may be what was waited for. */
const processesOf = (group: number | undefined): ReadonlyArray<string> => {
  try {
    const all = execFileSync("ps", ["-A", "-o", "pgid=,pid=,ppid=,stat=,etime=,args="], { encoding: "utf8" }).split(
      "\n"
    )
    const own = all.filter((line) => Number.parseInt(line) === group)
    return [
      "its processes (pid, parent, state, age, command):",
      ...own.map((line) => line.replace(/^ *\d+/, " ").slice(0, 200))
    ]
  } catch {
    return []
  }
}

const listen = (stream: NodeJS.ReadableStream, sign: () => void, hear: (line: string) => void): void => {
  let rest = ""
  stream.setEncoding("utf8").on("data", (text: string) => {
    sign()
    const lines = `${rest}${text}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      hear(line)
      sign()
    }
  }).on("end", () => rest !== "" && hear(rest))
}
