/** `pinnace ui`. */
import { existsSync } from "node:fs"
import { refuseMissing } from "../arguments/state.ts"
import { isModule } from "../arguments/source.ts"
import { noOpenOption } from "../running/openBrowser.ts"
import type { Call, Verb } from "../Verb.ts"

const ui = async (call: Call): Promise<number> => {
  // All that it needs takes a while to load.
  const { db, shownDb } = call.shell
  const isNew = !db.includes(":") && !existsSync(db)
  // Without anything to start there is nothing to see in a new one: its name is mistyped, or it lies elsewhere.
  if (isNew && call.args.length === 0) refuseMissing(call.shell)
  call.shell.complain(isNew ? `Making ${shownDb}, which is not there yet…` : `Opening ${shownDb}…`)
  const { serveState } = call.args.some(isModule)
    ? await import("../running/serveModules.ts")
    : await import("../running/serveState.ts")
  return serveState(call)
}

/** The verb. */
export const verb: Verb = {
  usage: "[FILE…] [options]",
  about:
    "Serves the state file to this machine: a page for people, an API for programs, and Argo's API for the command argo, Hera and others. FILEs are manifests whose templates and CronWorkflows can be submitted, directories of them, or modules whose workflows are known then. Prints the address with its token, which every request must send, and opens it in the browser of a terminal. Ctrl-C ends it.",
  takes: [0, Infinity],
  options: {
    port: { type: "string", value: "PORT", about: "Where to listen; default 7070, 0 is any free port" },
    host: { type: "string", value: "ADDRESS", about: "An address that others can reach; needs --token-file" },
    "token-file": { type: "string", value: "FILE", about: "A file with a token of your own, which only you can read" },
    "allow-host": { type: "string", multiple: true, value: "NAME", about: "A further name under which it is called" },
    "allow-origin": { type: "string", multiple: true, value: "ORIGIN", about: "A page of yours that may call it" },
    "writable-templates": { type: "string", value: "DIRECTORY", about: "Where clients may write templates" },
    "read-only": { type: "boolean", about: "Only show: nothing can be started, stopped or deleted" },
    "no-open": noOpenOption,
    log: { type: "boolean", about: "Print a line for each request" }
  },
  examples: [
    ["ui", "serve pinnace.db at port 7070"],
    ["ui workflows/", "with the templates in a directory"],
    ["ui --port 0 --read-only", "any free port, and nothing can be changed"],
    ["ui --log --db ci.db", "another file, with a line for each request"]
  ],
  run: ui
}
