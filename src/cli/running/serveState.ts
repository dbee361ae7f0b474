/** Serves the state file until this process is asked to end: what `pinnace ui` does. */
import { isPostgres } from "../../postgres/address.ts"
import { serveOptions } from "./serveOptions.ts"
import { openBrowser } from "./openBrowser.ts"
import { servedModules } from "./servedModules.ts"
import { stateFile } from "./stateFile.ts"
import { untilLeft } from "./untilLeft.ts"
import { openToExecute } from "./openToExecute.ts"
import { isModule } from "../arguments/source.ts"
import { isWritable } from "../../sqlite/view/FileView.ts"
import type { Shell } from "../Shell.ts"
import { Usage } from "../Usage.ts"
import type { Call } from "../Verb.ts"

/** Serves it; answers the exit code. */
export const serveState = async (call: Call): Promise<number> => {
  const { flags, shell } = call
  const { serve } = await import("../../server/mod.ts")
  const options = await serveOptions(call)
  const readOnly = flags.on("read-only") || !isPostgres(shell.db) && !isWritable(shell.db)
  // An engine that could write would go on with interrupted runs of the workflows it is given.
  const pinnace = await openToExecute(shell.db, { actor: shell.actor, readOnly, metrics: true })
  try {
    const { schedules, workflows } = await servedModules(call.args.filter(isModule))
    for (const workflow of [...shell.workflows, ...workflows]) pinnace.register(workflow as never)
    const server = await serve(pinnace, { ...options, schedules, readOnly, file: stateFile(shell, pinnace) }).catch(
      (error: unknown) => {
        throw isTaken(error) ? new Usage(`port ${options.port} is taken: choose another with --port`) : error
      }
    )
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
