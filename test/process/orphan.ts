/**
 * A program that starts a process tree and is then killed: `orphan.ts process|sandbox|podman|docker TOOLS DIRECTORY`.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import { containerExecutor } from "../../src/process/container/containerExecutor.ts"
import type { Executor } from "../../src/process/Executor.ts"
import { hostExecutor } from "../../src/process/hostExecutor.ts"
import { sandboxExecutor } from "../../src/process/sandbox.ts"

const [kind = "", tools = "", directory = ""] = process.argv.slice(2)
const kinds: Readonly<Record<string, () => Executor>> = {
  process: () => hostExecutor(tools),
  sandbox: () => sandboxExecutor(tools),
  podman: () => containerExecutor("podman"),
  docker: () => containerExecutor("docker")
}
const workspace = kinds[kind]!().open(directory, [])
const argv = ["sh", "-c", "sleep 300 & echo up; wait"]
const image = { name: "localhost/box", command: argv, args: [] }
Effect.runFork(
  workspace.run({ argv, image, env: {}, onOutput: (stream) => stream === "stdout" && console.log("up") })
)
