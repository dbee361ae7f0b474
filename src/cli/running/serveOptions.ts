/** How a server listens and who may ask it, from the words of its command line. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import process from "node:process"
import { isLoopback } from "../../server/listen/loopback.ts"
import type { ServeOptions } from "../../server/mod.ts"
import { filesOf, isModule } from "../arguments/source.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Flags } from "../Verb.ts"
import { serveCommand } from "./serveCommand.ts"

/** The options of a server. Throws `Usage` and `NotThere`. */
export const serveOptions = async (call: Call): Promise<ServeOptions> => {
  const { args, flags, shell } = call
  const writable = flags.text("writable-templates")
  const files = args.filter((it) => !isModule(it)).map((it) => resolve(it))
  const missing = files.find((it) => !existsSync(it))
  if (missing !== undefined) {
    throw new NotThere(`there is no ${missing}: name manifests, directories of them, or modules`)
  }
  const host = flags.text("host")
  const token = tokenOf(flags)
  if (host !== undefined && token === undefined && !isLoopback(host)) {
    throw new Usage(
      `--host ${host}: other machines can reach it. Add a private --token-file FILE, or use ssh -L without --host`
    )
  }
  if (host !== undefined && token !== undefined) {
    shell.complain(`Other machines may reach ${host}, and nothing is encrypted: prefer ssh -L`)
  }
  return {
    port: portOf(flags),
    manifests: { directory: await filesOf(shell) },
    templates: { files, ...(writable === undefined ? {} : { writable: resolve(writable) }) },
    ...(host === undefined ? {} : { host }),
    ...(token === undefined ? {} : { token }),
    hosts: flags.all("allow-host"),
    origins: flags.all("allow-origin"),
    command: serveCommand(call),
    onNote: shell.complain,
    ...(flags.on("log")
      ? {
        onAnswer: (it) => shell.complain(`${it.method} ${it.path} ${it.status} ${it.took} ms${it.who && ` ${it.who}`}`)
      }
      : {})
  }
}

/** The port that is asked for. Throws Usage. */
export const portOf = (flags: Flags): number => {
  const text = flags.text("port") ?? "7070"
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port
  throw new Usage(`--port ${text}: use a number from 0 (any free port) to 65535`)
}

/**
 * The token that a file keeps; nobody else may be able to read it. The file is opened once, so that what was looked at
 * is what is read.
 */
const tokenOf = (flags: Flags): string | undefined => {
  const file = flags.text("token-file")
  if (file === undefined) return undefined
  const opened = openSync(file, "r")
  try {
    const { mode, uid } = fstatSync(opened)
    const me = process.geteuid?.()
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new NotThere(`--token-file ${file}: others can read it. Close it with: chmod 600 ${file}`)
    }
    if (me !== undefined && uid !== me && me !== 0) {
      throw new NotThere(`--token-file ${file}: it belongs to somebody else. Use a file of yours`)
    }
    return readFileSync(opened, "utf8").trim()
  } finally {
    closeSync(opened)
  }
}
