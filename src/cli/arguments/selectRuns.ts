/** Which runs a verb is about, chosen by what they are: phases, ages, names, labels. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isTerminal, type Phase } from "../../run/Phase.ts"
import { labelTerms } from "../../run/select/labelSelector.ts"
import { runFieldTerms } from "../../run/select/runFields.ts"
import type { RunRow } from "../../run/State.ts"
import { spanOf } from "./optionValues.ts"
import { Usage } from "../Usage.ts"
import type { Flags, Options } from "../Verb.ts"
import { rowsOf } from "./rows.ts"

/** The options that choose runs. */
export const selection: Options = {
  status: { type: "string", value: "PHASE,…", about: "Only runs of these phases" },
  running: { type: "boolean", about: "Only runs that have not ended" },
  completed: { type: "boolean", about: "Only runs that have ended" },
  held: { type: "boolean", about: "Only runs that cannot go on as they are" },
  workflow: { type: "string", value: "NAME", about: "Only runs of this workflow" },
  prefix: { type: "string", value: "TEXT", about: "Only runs whose id begins with this" },
  selector: {
    type: "string",
    short: "l",
    multiple: true,
    value: "LABELS",
    about: "Only runs with such labels: a=b,c!=d,x in (1,2),y notin (z),exists,!not"
  },
  "field-selector": {
    type: "string",
    multiple: true,
    value: "FIELDS",
    about: "Only runs with such fields: metadata.name=a,status.phase!=Failed"
  },
  resubmitted: { type: "boolean", about: "Only runs that were made from others" },
  since: { type: "string", value: "2h", about: "Only runs created within this time" },
  older: { type: "string", value: "7d", about: "Only runs that ended longer ago than this" }
}

/** Whether any of those options was given. */
export const isSelective = (flags: Flags): boolean =>
  Object.entries(selection).some(([name, { type }]) =>
    type === "boolean" ? flags.on(name) : flags.text(name) !== undefined
  )

/** The chosen runs, newest first. Throws Usage, BadSelector. */
export const selectRuns = (
  pinnace: Pinnace,
  flags: Flags,
  now: number,
  limit = Infinity
): Promise<ReadonlyArray<RunRow>> => {
  // Read here too, for a message that is about the selector alone.
  const labels = flags.all("selector").join(",")
  const fields = flags.all("field-selector").join(",")
  labelTerms(labels)
  runFieldTerms(fields)
  const since = spanOf(flags, "since")
  const older = spanOf(flags, "older")
  return rowsOf(pinnace, {
    ...given("workflow", flags.text("workflow")),
    ...given("prefix", flags.text("prefix")),
    ...phasesOf(flags),
    ...(flags.on("held") ? { held: true } : {}),
    ...(flags.on("resubmitted") ? { resubmitted: true } : {}),
    ...(since === undefined ? {} : { createdAfter: Math.max(0, now - since) }),
    ...(older === undefined ? {} : { endedBefore: Math.max(0, now - older) }),
    labels,
    fields,
    limit
  })
}

const given = <K extends string>(name: K, value: string | undefined): { readonly [_ in K]?: string } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [_ in K]?: string }

const phasesOf = (flags: Flags): { readonly phases?: ReadonlyArray<Phase> } => {
  const status = flags.text("status")
  if (status === undefined && !flags.on("running") && !flags.on("completed")) return {}
  const chosen = status === undefined ? phases : status.split(",").map(phaseOf)
  return {
    phases: chosen.filter((it) =>
      (!flags.on("running") || !isTerminal(it)) && (!flags.on("completed") || isTerminal(it))
    )
  }
}

const phases: ReadonlyArray<Phase> = ["Pending", "Running", "Succeeded", "Failed", "Error"]

const phaseOf = (word: string): Phase => {
  const phase = phases.find((it) => it.toLowerCase() === word.trim().toLowerCase())
  if (phase === undefined) throw new Usage(`--status ${word}: choose among ${phases.join(", ")}`)
  return phase
}
