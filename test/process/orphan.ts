/** A program that starts a process tree and is then killed: `orphan.ts process|sandbox TOOLS DIRECTORY`. */
import process from "node:process"
import * as Effect from "effect/Effect"
import { hostExecutor } from "../../src/process/hostExecutor.ts"
import { sandboxExecutor } from "../../src/process/sandbox.ts"

const [kind, tools = "", directory = ""] = process.argv.slice(2)
const workspace = (kind === "process" ? hostExecutor(tools) : sandboxExecutor(tools)).open(directory, [])
Effect.runFork(
  workspace.run({ argv: ["sh", "-c", "sleep 300 & echo up; wait"], env: {}, onOutput: () => console.log("up") })
)
