/** Starts the demo in a process of its own and kills that in the middle, as a power cut would. */
import { spawn } from "node:child_process"
import { selfCommand } from "../running/selfCommand.ts"
import type { Shell } from "../Shell.ts"

/** Runs the demo elsewhere until a line of its output holds a text, then kills it; its lines are passed on. */
export const runAndKill = (
  shell: Shell,
  args: ReadonlyArray<string>,
  until: string
): Promise<void> =>
  new Promise((resolve, reject) => {
    const self = selfCommand(shell)
    const child = spawn(self.program, [...self.args, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let rest = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n")
      rest = lines.pop()!
      lines.forEach(shell.print)
      if (lines.some((line) => line.includes(until))) child.kill("SIGKILL")
    })
    child.once("error", reject)
    child.once("close", () => resolve())
  })
