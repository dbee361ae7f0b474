/**
 * Does one use of the command after another, each as if it were a
 * process of its own, for a test that has asked over the channel.
 */
import process from "node:process"
import { fileURLToPath } from "node:url"
import { cli } from "../../../src/cli/mod.ts"

/** One use of the command. */
export interface Use {
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url))
const [runtime = ""] = process.argv

/** What was written since it was last taken. */
const capture = (stream: NodeJS.WriteStream): () => string => {
  let text = ""
  // Each use listens for errors of the two streams.
  stream.setMaxListeners(0)
  stream.write = (chunk: string | Uint8Array, ...more: ReadonlyArray<unknown>): boolean => {
    text += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)
    const done = more.findLast((it) => typeof it === "function")
    if (done !== undefined) setImmediate(done as () => void)
    return true
  }
  return () => {
    const taken = text
    text = ""
    return taken
  }
}

const out = capture(process.stdout)
const err = capture(process.stderr)

process.on("message", async ({ args, cwd, env }: Use) => {
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.argv = [runtime, main, ...args]
  const code = await cli()
  process.send!({ code, out: out(), err: err() })
})
