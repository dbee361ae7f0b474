/** `--ui`: the state file of a run is served for as long as it is followed, from the process that executes it. */
import type { Board } from "../../server/Board.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { filesOf } from "../arguments/source.ts"
import type { Call, Option } from "../Verb.ts"
import { openBrowser } from "./openBrowser.ts"
import { serveCommand } from "./serveCommand.ts"
import { stateFile } from "./stateFile.ts"

/** The option. */
export const uiOption: Option = {
  type: "boolean",
  about: "Also serve the state file to this machine until the run has ended, as `ui` does, at any free port"
}

/** Serves it if that was asked for; the returned function ends that. */
export const alsoServed = async (call: Call, pinnace: Pinnace): Promise<() => Promise<void>> => {
  if (!call.flags.on("ui")) return () => Promise.resolve()
  return served(call, pinnace)
}

/** Serves it, and opens the page where a person sits; the returned function ends that. */
export const served = async (
  call: Call,
  pinnace: Pinnace,
  how: { readonly port?: number; readonly board?: Board } = {}
): Promise<() => Promise<void>> => {
  const { shell } = call
  const { serve } = await import("../../server/mod.ts")
  const server = await serve(pinnace, {
    manifests: { directory: await filesOf(shell) },
    ...(shell.db === ":memory:" ? {} : { command: serveCommand(call) }),
    file: stateFile(shell, pinnace),
    ...how,
    onNote: shell.complain
  })
  shell.complain(`Serving at ${server.link}`)
  openBrowser(shell, server.link)
  return server.close
}
