/** Serves the state file until this process is asked to end: what `pinnace ui` does. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import process from "node:process"
import { isPostgres } from "../../postgres/address.ts"
import type { ServeOptions } from "../../server/mod.ts"
import { serveCommand } from "./serveCommand.ts"
import { openBrowser } from "./openBrowser.ts"
import { servedModules } from "./servedModules.ts"
import { untilLeft } from "./untilLeft.ts"
import { openToExecute } from "./openToExecute.ts"
import { filesOf, isModule } from "../arguments/source.ts"
import { isWritable } from "../../sqlite/view/FileView.ts"
import type { Shell } from "../Shell.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Flags } from "../Verb.ts"

/** Serves it; answers the exit code. */
export const serveState = async (call: Call): Promise<number> => {
  const { flags, shell } = call
  const { serve } = await import("../../server/mod.ts")
  const options = await optionsOf(call)
  const readOnly = flags.on("read-only") || !isPostgres(shell.db) && !isWritable(shell.db)
  // An engine that could write would go on with interrupted runs of the workflows it is given.
  const pinnace = await openToExecute(shell.db, { readOnly, metrics: true })
  try {
    const { schedules, workflows } = await servedModules(call.args.filter(isModule))
    for (const workflow of [...shell.workflows, ...workflows]) pinnace.register(workflow as never)
    const server = await serve(pinnace, { ...options, schedules, readOnly }).catch((error: unknown) => {
      throw isTaken(error) ? new Usage(`port ${options.port} is taken: choose another with --port`) : error
    })
    await announce(shell, server, { readOnly, isNamed: options.token !== undefined })
    if (!flags.on("no-open") && options.token === undefined) openBrowser(shell, server.link)
    const code = await untilLeft()
    await server.close()
    return code
  } finally {
    await pinnace.close()
  }
}

interface Announced {
  readonly readOnly: boolean
  readonly isNamed: boolean
}

const announce = async (
  shell: Shell,
  { port, token, url }: { readonly port: number; readonly token: string | undefined; readonly url: string },
  { isNamed, readOnly }: Announced
): Promise<void> => {
  const { argoExports } = await import("../../server/argoExports.ts")
  // A token that somebody chose is not shown again.
  shell.print(isNamed ? url : `${url}/#token=${token}`)
  shell.complain(`Serving ${shell.shownDb}${readOnly ? ", to look at only" : ""}. Ctrl-C ends it.`)
  if (token !== undefined && !isNamed) shell.complain(`For the command argo:\n  ${argoExports(port, token)}`)
}

const isTaken = (error: unknown): boolean => (error as { readonly code?: unknown }).code === "EADDRINUSE"

const optionsOf = async (call: Call): Promise<ServeOptions> => {
  const { args, flags, shell } = call
  const writable = flags.text("writable-templates")
  const files = args.filter((it) => !isModule(it)).map((it) => resolve(it))
  const missing = files.find((it) => !existsSync(it))
  if (missing !== undefined) {
    throw new NotThere(`there is no ${missing}: name manifests, directories of them, or modules`)
  }
  const host = flags.text("host")
  const token = tokenOf(flags)
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

const portOf = (flags: Flags): number => {
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
