/** Starts Node processes from the root of the repository and waits for their end. */
import { spawn } from "node:child_process"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { fileURLToPath } from "node:url"

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  /** The JSON of the line that begins with `@`, if there was one. */
  readonly answer: string | undefined
  /** Milliseconds from spawn until that line came. */
  readonly answeredAfter: number
  /** Milliseconds from spawn to exit. */
  readonly endedAfter: number
  readonly errors: string
}

/** The root of the repository. */
export const root = fileURLToPath(new URL("../", import.meta.url))

/** Runs this Node with arguments; kills it after two minutes, or after `timeout` milliseconds. */
export const spawnNode = (args: ReadonlyArray<string>, timeout = 120_000): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout,
      killSignal: "SIGKILL"
    })
    let output = ""
    let errors = ""
    let answeredAfter = Infinity
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (answeredAfter === Infinity && output.includes("@")) answeredAfter = performance.now() - begun
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => errors += text)
    child.on("error", reject)
    child.on("close", (code, signal) => {
      const answer = /^@(.*)$/m.exec(output)?.[1]
      resolve({ code, signal, answer, answeredAfter, endedAfter: performance.now() - begun, errors })
    })
  })
