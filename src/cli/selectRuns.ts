/** Which runs a verb is about, chosen by what they are: phases, ages, names, labels. */
import type { Pinnace } from "../embed/Pinnace.ts"
import { isTerminal, type Phase } from "../run/Phase.ts"
import type { RunRow } from "../run/State.ts"
import { spanOf } from "./optionValues.ts"
import { Usage } from "./Usage.ts"
import type { Flags, Options } from "./Verb.ts"

/** The options that choose runs. */
export const selection: Options = {
  status: { type: "string", value: "PHASE,…", about: "Only runs of these phases" },
  running: { type: "boolean", about: "Only runs that have not ended" },
  completed: { type: "boolean", about: "Only runs that have ended" },
  held: { type: "boolean", about: "Only runs that cannot go on as they are" },
  workflow: { type: "string", value: "NAME", about: "Only runs of this workflow" },
  prefix: { type: "string", value: "TEXT", about: "Only runs whose id begins so" },
  label: { type: "string", short: "l", multiple: true, value: "NAME=VALUE", about: "Only runs with this label" },
  resubmitted: { type: "boolean", about: "Only runs that were made from others" },
  since: { type: "string", value: "2h", about: "Only runs created within this time" },
  older: { type: "string", value: "7d", about: "Only runs that ended longer ago than this" }
}

/** Whether any of those options was given. */
export const isSelective = (flags: Flags): boolean =>
  Object.entries(selection).some(([name, { type }]) =>
    type === "boolean" ? flags.on(name) : flags.text(name) !== undefined
  )

type Test = (row: RunRow) => boolean

/** The chosen runs, newest first. Throws Usage. */
export const selectRuns = (pinnace: Pinnace, flags: Flags, now: number, limit?: number): ReadonlyArray<RunRow> => {
  const tests = testsOf(flags, now)
  const workflow = flags.text("workflow")
  const filter = { ...(workflow === undefined ? {} : { workflow }), limit: tests.length === 0 ? limit ?? all : all }
  return pinnace.list(filter).filter((row) => tests.every((test) => test(row))).slice(0, limit)
}

const all = Number.MAX_SAFE_INTEGER

const testsOf = (flags: Flags, now: number): ReadonlyArray<Test> => {
  const tests: Array<Test> = []
  const status = flags.text("status")
  const prefix = flags.text("prefix")
  if (status !== undefined) tests.push(ofPhases(status.split(",")))
  if (prefix !== undefined) tests.push(({ id }) => id.startsWith(prefix))
  if (flags.on("running")) tests.push(({ phase }) => !isTerminal(phase))
  if (flags.on("completed")) tests.push(({ phase }) => isTerminal(phase))
  if (flags.on("held")) tests.push(({ held }) => held !== null)
  if (flags.on("resubmitted")) tests.push(({ origin }) => origin !== null)
  for (const label of flags.all("label")) tests.push(labelled(label))
  const since = spanOf(flags, "since")
  const older = spanOf(flags, "older")
  if (since !== undefined) tests.push(({ createdAt }) => createdAt >= now - since)
  if (older !== undefined) tests.push(({ finishedAt }) => finishedAt > 0 && finishedAt < now - older)
  return tests
}

const phases: ReadonlyArray<Phase> = ["Pending", "Running", "Succeeded", "Failed", "Error"]

const ofPhases = (words: ReadonlyArray<string>): Test => {
  const chosen = words.map((word) => {
    const phase = phases.find((it) => it.toLowerCase() === word.trim().toLowerCase())
    if (phase === undefined) throw new Usage(`--status ${word}: choose among ${phases.join(", ")}`)
    return phase
  })
  return ({ phase }) => chosen.includes(phase)
}

const labelled = (text: string): Test => {
  const [name = "", ...value] = text.split("=")
  return ({ labels }) => value.length === 0 ? name in labels : labels[name] === value.join("=")
}
