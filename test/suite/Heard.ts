/** What a step has printed: lines for people, how far it is, and its verdict. */
import { execFileSync } from "node:child_process"

/** What a line of progress begins with; the rest is for people. */
export const mark = "progress: "

/** What the line with the verdict begins with; the rest is a `Verdict` as JSON. */
export const verdictMark = "verdict: "

/** How the tests have ended, once all have. */
export interface Verdict {
  readonly passed: number
  readonly failed: number
  /** What went wrong outside of tests. */
  readonly errors: number
}

/** How a step has ended. */
export interface Ended {
  readonly code: number
  readonly output: string
  readonly verdict?: Verdict
}

/** Collects the lines of one step. */
export class Heard {
  readonly #lines: Array<string> = []
  readonly #progress: (text: string) => void
  #last = "none"
  #verdict: Verdict | undefined
  #isKilled = false

  constructor(progress: (text: string) => void) {
    this.#progress = progress
  }

  /** Whether all is told, so that only the end is missing. */
  get isDecided(): boolean {
    return this.#verdict !== undefined
  }

  hear(line: string): void {
    if (line.startsWith(verdictMark)) this.#verdict = JSON.parse(line.slice(verdictMark.length))
    else if (!line.startsWith(mark)) this.#lines.push(line)
    else this.#progress(this.#last = line.slice(mark.length))
  }

  /** Tells where a group of processes is that will be killed, and what of it still runs. */
  giveUp(group: number | undefined, silent: number): void {
    this.#isKilled = true
    const why = this.isDecided
      ? `it did not end within ${silent} s of its verdict`
      : `it printed nothing for ${silent} s`
    this.hear(`killed: ${why}; its last progress: ${this.#last}`)
    for (const line of processesOf(group)) this.hear(line)
  }

  /** How the step has ended; one that was killed after its verdict as that says. */
  ended(code: number): Ended {
    const verdict = this.#verdict
    const output = this.#lines.join("\n")
    if (verdict === undefined) return { code, output }
    const decided = verdict.failed + verdict.errors === 0 ? 0 : 1
    return { code: this.#isKilled ? decided : code, output, verdict }
  }
}

/** A line for each process; one that outlived its test may be what was waited for. */
const processesOf = (group: number | undefined): ReadonlyArray<string> => {
  try {
    const format = "pgid=,pid=,ppid=,stat=,etime=,args="
    const all = execFileSync("ps", ["-A", "-o", format], { encoding: "utf8" }).split("\n")
    const own = all.filter((line) => Number.parseInt(line) === group)
    return [
      "its processes (pid, parent, state, age, command):",
      ...own.map((line) => line.replace(/^ *\d+/, " ").slice(0, 200))
    ]
  } catch {
    return []
  }
}
