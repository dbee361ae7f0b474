/** The command, which hears Ctrl-C at one of its calls of the disk or of SQLite: `cut.ts CALL ARGUMENT…`. */
import process from "node:process"
import { commandLine } from "../../../src/cli/commandLine.ts"
import { watched } from "../Points.ts"

const [, , call = "", ...args] = process.argv
let many = 0
const pass = (): void => {
  // Before, it has not begun.
  if (process.listenerCount("SIGINT") > 0 && ++many === Number(call)) process.kill(process.pid, "SIGINT")
}
process.exit(await watched(pass, () => commandLine(args, { program: "pinnace", workflows: [] })))
