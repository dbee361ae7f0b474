/** `pinnace doctor`. */
import { counted } from "../paint/counted.ts"
import { isPostgres } from "../../postgres/address.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { pad } from "../paint/width.ts"
import { refuseMissing, withState, withView } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"
import { compareWith } from "../running/compare.ts"
import { compact } from "../running/compact.ts"
import { type Finding, fine } from "../running/findings.ts"
import { overlook } from "../running/overlook.ts"
import { copyBefore, rowFindings } from "../running/repair.ts"
import { versionText } from "../version.ts"

const formats = ["json"] as const

const doctor = async (call: Call): Promise<number> => {
  const { shell } = call
  refuseMissing(shell)
  if (call.flags.on("compact")) {
    if (isPostgres(shell.db)) throw new Usage("--compact is for state files: a server does this by itself")
    return compact(shell)
  }
  const saved = call.flags.text("salvage")
  if (saved !== undefined) return (await import("../running/salvage.ts")).saveReadable(shell, saved)
  const other = call.flags.text("compare")
  if (other !== undefined) return compareWith(shell, other)
  const found = [fine("Program", versionText()), ...await findings(call)]
  const problems = found.filter(({ problem }) => problem !== "")
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else {
    for (const { problem, value, what } of found) {
      shell.print(`${shell.paint.icon(problem === "" ? "Succeeded" : "Failed")} ${pad(what, 16)} ${value}`)
      for (const line of problem === "" ? [] : problem.split("\n")) shell.print(`  ${" ".repeat(16)} ${line}`)
    }
    shell.print(problems.length === 0 ? "No problems found" : `${counted(problems.length, "problem")} found`)
  }
  return problems.length === 0 ? 0 : 1
}

const findings = async ({ flags, shell }: Call): Promise<ReadonlyArray<Finding>> => {
  if (flags.on("repair")) {
    if (isPostgres(shell.db)) throw new Usage("--repair is for state files")
    const backup = await copyBefore(shell)
    return withState(shell, async (pinnace) => [
      backup,
      ...await rowFindings(shell, pinnace, { repair: true }),
      ...await overlook(shell, pinnace, { deep: true })
    ])
  }
  return withView(shell, async (pinnace) => [
    ...await overlook(shell, pinnace, { deep: true }),
    ...flags.on("deep") ? await rowFindings(shell, pinnace, { repair: false }) : []
  ])
}

/** The verb. */
export const verb: Verb = {
  usage: "",
  about:
    "Checks the state file and reports what is in it: versions, sizes, integrity, runs that no process executes, limits that cannot be read, artifacts that could not be deleted. The exit code is 1 if there is a problem.",
  takes: [0, 0],
  options: {
    deep: { type: "boolean", about: "Also compare what is stored of each run with its events" },
    repair: {
      type: "boolean",
      about: "Copy the file beside itself, then write what is not as the events say anew from them"
    },
    compact: { type: "boolean", about: "Only give the space of deleted rows back to the disk" },
    compare: {
      type: "string",
      value: "FILE",
      about: "Only list the runs that another state file has not, or has with more or fewer events"
    },
    salvage: {
      type: "string",
      value: "FILE",
      about: "Only save what can be read of a damaged file into a new one, and tell what is lost"
    },
    output: outputOption(formats)
  },
  examples: [
    ["doctor --compare state.db.v14-20261130T120000Z.bak", "what was done since that copy"],
    [
      "doctor --repair",
      "after doctor --deep has found rows that are wrong"
    ],
    [
      "doctor --compact",
      "after many runs were deleted"
    ],
    ["doctor --salvage saved.db", "the disk has damaged the file, and there is no backup"],
    ["doctor --db state.db", "before you report a bug"]
  ],
  run: doctor
}
