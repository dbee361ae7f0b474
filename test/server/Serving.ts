/** A server in a process of its own, on any runtime. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import process from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Runtime } from "../crash/Host.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const program = "test/server/programs/serving.ts"

/** A started server. */
export interface Serving {
  readonly port: number
  /** Ends it; the code it ended with. */
  readonly end: () => Promise<number | null>
}

/** The token of such a server. */
export const token = "a-token-of-the-tests"

/** Starts one, and waits until it listens. */
export const serving = async (runtime: Runtime): Promise<Serving> => {
  const binary = join(root, "node_modules", ".bin", runtime)
  const [command, ...args] = runtime === "node"
    ? [process.execPath, program]
    : [binary, ...runtime === "deno" ? ["run", "-A"] : [], program]
  const child = spawn(command!, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"] })
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)))
    void ended.then((code) => reject(new Error(`The server ended with ${code}`)))
  })
  return { port, end: () => (child.stdin.end(), ended) }
}
