/** A command line that a client sent, done on the state file of this server. */
import { PassThrough } from "node:stream"
import type { Use } from "../../server/mod.ts"
import { lookingVerbs, remoteVerbs } from "../arguments/remoteVerbs.ts"
import { exitCodes } from "../Usage.ts"
import type { Call } from "../Verb.ts"

/** How a server does what clients send. */
export const serveCommand = ({ again, shell }: Pick<Call, "again" | "shell">) => async (use: Use): Promise<number> => {
  const [verb = ""] = use.args
  const allowed = use.readOnly ? lookingVerbs : remoteVerbs
  if (!allowed.has(verb) || use.args.some(isOfFiles)) {
    use.err(
      `This server does not do "${use.args.slice(0, 3).join(" ").slice(0, 80)}"${
        use.readOnly ? ": it only shows runs" : ""
      }\n`
    )
    return exitCodes.usage
  }
  const [out, err] = [heard(use.out), heard(use.err)]
  // As when the reader of a pipe goes away.
  use.signal.addEventListener("abort", () => out.destroy(Object.assign(new Error("gone"), { code: "EPIPE" })))
  const args = [...use.args, "--db", shell.db, "--no-color"]
  const code = await again(args, { out, err })
  await Promise.all([drained(out), drained(err)])
  return code
}

/** Options that mean files of this machine. */
const isOfFiles = (word: string): boolean => /^--(?:db|file|resources|env-file|output-file)(?:=|$)/.test(word)

const heard = (tell: (text: string) => void): PassThrough => {
  const stream = new PassThrough()
  stream.setEncoding("utf8").on("data", tell).on("error", () => {})
  return stream
}

const drained = (stream: PassThrough): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) return resolve()
    stream.on("close", resolve).end()
  })
