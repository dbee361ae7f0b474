/** `pinnace gc`. */
import { counted } from "../paint/counted.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { bytes } from "../paint/times.ts"
import { table } from "../paint/table.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const gc = (call: Call): Promise<number> =>
  withState(call.shell, async (pinnace) => {
    const { flags, shell } = call
    const dryRun = flags.on("dry-run")
    const found = await pinnace.gc({ dryRun, retryFailed: flags.on("retry-failed") })
    const swept = flags.on("sweep") ? await pinnace.sweep({ dryRun }) : undefined
    if (outputOf(call, formats) === "json") {
      shell.print(JSON.stringify({ ...found, sweep: swept }, null, 2))
      return found.failures.length === 0 ? 0 : 1
    }
    const verb = dryRun ? "would be deleted" : "deleted"
    shell.print(`${counted(found.count, "artifact")} ${verb} (${bytes(found.bytes)})`)
    const rows = found.artifacts.map(({ name, run, size }) => [`  ${name}`, run, bytes(size)])
    for (const line of dryRun ? table(rows, shell.columns) : []) shell.print(line)
    if (swept !== undefined) {
      shell.print(
        `${counted(swept.objects, "object")} that no run names ${verb} (${
          bytes(swept.bytes)
        }), ${swept.unfinished} unfinished uploads`
      )
    }
    for (const { error, name, nextAt, run } of found.failures) {
      const next = nextAt === undefined ? "not tried again automatically: --retry-failed" : "it will be tried again"
      shell.complain(`${name} of ${run} could not be deleted: ${error} (${next})`)
    }
    return found.failures.length === 0 ? 0 : 1
  })

/** The verb. */
export const verb: Verb = {
  usage: "[options]",
  about:
    "Deletes artifacts that nothing needs any more. This also happens by itself while a process has the file open. The exit code is 1 if something could not be deleted.",
  takes: [0, 0],
  options: {
    "dry-run": { type: "boolean", about: "Only show what would be deleted" },
    "retry-failed": { type: "boolean", about: "Also retry what failed for good" },
    sweep: {
      type: "boolean",
      about: "Also delete files that no run knows, left by processes that died over a day ago"
    },
    output: outputOption(formats)
  },
  examples: [
    ["gc --dry-run", "what would be deleted"],
    ["gc --retry-failed --sweep", "everything, also what failed before"]
  ],
  run: gc
}
