/** Starts the demo in a process of its own and kills that in the middle, as a power cut would. */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import process from "node:process"

/** How this very command is started again: by a runtime and a script, or as an executable that is both. */
const selfCommand = (): readonly [string, ReadonlyArray<string>] => {
  const script = process.argv[1]
  return [process.execPath, script !== undefined && existsSync(script) ? [script] : []]
}

/** Runs the demo elsewhere until a line of its output holds a text, then kills it; its lines are passed on. */
export const runAndKill = (
  args: ReadonlyArray<string>,
  until: string,
  print: (text: string) => void
): Promise<void> =>
  new Promise((resolve, reject) => {
    const [command, own] = selfCommand()
    const child = spawn(command, [...own, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let rest = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n")
      rest = lines.pop()!
      lines.forEach(print)
      if (lines.some((line) => line.includes(until))) child.kill("SIGKILL")
    })
    child.once("error", reject)
    child.once("close", () => resolve())
  })
