/** `pinnace dev`. */
import { followFormats } from "../running/follow.ts"
import { outputOption } from "../arguments/outputOption.ts"
import { startOptions } from "../arguments/startRequest.ts"
import type { Call, Options, Verb } from "../Verb.ts"

const { cache: _cache, id: _id, report: _report, ...starting } = startOptions

const options: Options = {
  ...starting,
  "on-save": { type: "string", value: "run|plan|off", about: "What a save leads to; default run" },
  reuse: {
    type: "string",
    value: "auto|declared|off",
    about: "Which results are reused: those of all tasks (default), of tasks with `cache`, or none"
  },
  once: { type: "boolean", about: "Run once and end with its exit code" },
  ui: { type: "boolean", about: "Also serve the state file to this machine, as `ui` does, at any free port" },
  port: { type: "string", value: "PORT", about: "The same at this port" },
  output: outputOption(followFormats)
}

/** What is left of its environment says which side of the loop this process is. */
const dev = async (call: Call): Promise<number> => {
  if (call.shell.mark !== "") return (await import("../dev/generation.ts")).generation(call)
  return (await import("../dev/develop.ts")).develop(call)
}

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [-p NAME=VALUE]… [options]",
  about:
    "Runs a workflow again whenever a file behind it is saved: a TypeScript module with all that it imports, or manifests. What is not touched by a change is reused. Before each run it says what will run and why. Mistakes are shown, and the last good version stays. Runs and results are kept in .pinnace/dev.db. Keys: r runs again, f runs all afresh, p says what a run would do, i asks for another input, d compares the last two runs, a approves, w says why it waits, o opens the page, q quits.",
  takes: [1, Infinity],
  db: ".pinnace/dev.db",
  options,
  examples: [
    ["dev flow.ts --input '{\"n\": 3}'", "run it at each save"],
    ["dev hello.yaml -p message=hi --on-save plan", "a manifest; only say what a run would do"]
  ],
  run: dev
}
