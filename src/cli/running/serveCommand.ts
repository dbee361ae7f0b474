/**
 * A command line that a client sent, done on the state file of this server. It runs no code of a file, reaches no
 * other server, and reads nothing of the machine but the state file.
 */
import { PassThrough, Writable } from "node:stream"
import type { Use } from "../../server/mod.ts"
import { isModule } from "../arguments/source.ts"
import { lookingVerbs, remoteVerbs } from "../arguments/remoteVerbs.ts"
import { exitCodes } from "../Usage.ts"
import type { Call } from "../Verb.ts"

/** How a server does what clients send. */
export const serveCommand = ({ again, shell }: Pick<Call, "again" | "shell">) => async (use: Use): Promise<number> => {
  const [verb = ""] = use.args
  const allowed = use.readOnly ? lookingVerbs : remoteVerbs
  if (!allowed.has(verb) || use.args.some(isOfMachine) || verb === "graph" && use.args.some(isModule)) {
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
  const args = [...use.args, "--db", shell.db, "--no-color", "--as", use.who]
  // Nobody at this terminal is asked what a client wants.
  const code = await again(args, { out, err, in: new PassThrough() })
  await Promise.all([drained(out), drained(err)])
  return code
}

/**
 * Options that mean files of this machine, have it call another server with its own token, or show how it is made
 * inside.
 */
const isOfMachine = (word: string): boolean =>
  /^--(?:as|db|file|resources|env-file|output-file|server|debug)(?:=|$)/.test(word)

/** What is written there is told at once: nothing is kept here for a client. */
const heard = (tell: (text: string) => void): Writable =>
  new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      tell(text)
      done()
    }
  }).on("error", () => {})

const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) return resolve()
    stream.on("close", resolve).end()
  })
