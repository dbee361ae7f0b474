/** `pinnace audit`. */
import type { Deed } from "../../run/deed.ts"
import { instant } from "../../run/instant.ts"
import { findRun } from "../arguments/findRun.ts"
import { rowsOf, spanOf } from "../arguments/optionValues.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { withView } from "../arguments/state.ts"
import { table } from "../paint/table.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const audit = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name], flags, shell } = call
    const since = spanOf(flags, "since")
    const limit = rowsOf(flags, "limit")
    const found = await pinnace.audit({
      ...name === undefined ? {} : { run: await idOf(pinnace, name) },
      ...since === undefined ? {} : { since: Math.max(0, shell.now() - since) },
      ...limit === undefined ? {} : { limit }
    })
    if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
    else if (found.length === 0) shell.print("Nobody has done anything about it")
    else {
      for (
        const line of table([["AT", "WHO", "VIA", "DID", "RUN", "NODE", "MESSAGE"], ...found.map(rowOf)], shell.columns)
      ) {
        shell.print(line)
      }
    }
    return 0
  })

/** A run that was deleted is named by its whole id. */
const idOf = async (pinnace: Parameters<typeof findRun>[0], name: string): Promise<string> => {
  try {
    return (await findRun(pinnace, name)).id
  } catch {
    return name
  }
}

const rowOf = ({ at, by, did, message = "", node = "", run = "" }: Deed): ReadonlyArray<string> => [
  instant(at),
  by.name,
  by.via,
  did,
  run,
  node,
  message
]

/** The verb. */
export const verb: Verb = {
  usage: "[RUN]",
  about:
    "Shows who stopped, terminated, suspended, resumed, signalled, retried, migrated or deleted runs, set limits or took permits away, collected artifacts, compacted or restored the file: the latest first, for 400 days, also of runs that were deleted. Who started a run is in its first event. It is a record of what whoever asked has said, not a proof.",
  takes: [0, 1],
  options: {
    since: { type: "string", value: "2h", about: "Only what was done within this time" },
    limit: { type: "string", value: "N", about: "How many at most; default 100" },
    output: outputOption(formats)
  },
  examples: [["audit", "what was done last"], [
    "audit @latest --since 1d",
    "what was done about a run since yesterday"
  ]],
  run: audit
}
