/** What is shown of every run, whoever defined it. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { Event, Json } from "../run/Event.ts"
import type { RunFacts } from "../run/facts.ts"
import { isTerminal } from "../run/Phase.ts"
import type { RunRow } from "../run/State.ts"
import { withoutIds } from "./childNames.ts"
import type { RunSource } from "./RunSource.ts"
import type { RunView } from "./RunView.ts"

/** Whether a manifest defined the run. */
export const isManifestRun = ({ kind }: Pick<RunRow, "kind">): boolean => kind === "manifest"

/** What both kinds of runs have. */
export const headOf = (
  { events, rows: { run: row } }: RunFacts,
  isInterrupted: boolean
): Omit<RunView, "done" | "handlers" | "isManifest" | "name" | "nodes" | "total"> => ({
  id: row.id,
  workflow: row.workflow,
  status: statusOf(row, isInterrupted),
  phase: row.phase,
  message: reasonOf(row),
  ...startedBy(events.get(1)),
  createdAt: row.createdAt,
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
  labels: Object.fromEntries(Object.entries(row.labels).filter(([name]) => !name.startsWith("pinnace/"))),
  parameters: pairs(payload(events.get(row.inputSeq))),
  outputs: row.phase === "Succeeded" ? pairs(payload(events.get(row.resultSeq))) : []
})

/** Who started a run, as its first event tells. */
const startedBy = (first: Event | undefined): Pick<RunView, "by"> =>
  first?.type === "RunCreated" && first.by !== undefined ? { by: first.by.name } : {}

/** Why a run is as it is; of manifests without the engine's words around Argo's. */
export const reasonOf = ({ held, message, phase }: RunRow): string => {
  const told = held ?? plainWords(message ?? "")
  return told === phase ? "" : told
}

/** A message without the words of the one node in which the engine runs a whole manifest. */
export const plainWords = (message: string): string =>
  withoutIds(message).replace(/node "main" (?:Failed|Error): (?:ManifestFailed(?:: )?|Node "main" threw: )?/g, "")
    .replace(/^ManifestFailed(?:: )?/, "").replace(/: $/, "").replace(/\b(Failed|Error): \1$/, "$1")

/** Whether a living process executes the run, or would if it were not held. */
export const isExecuted = (
  source: Pick<RunSource, "isAlive">,
  { owner }: Pick<RunRow, "owner">
): Effect.Effect<boolean, JournalError> => owner === null ? Effect.succeed(false) : source.isAlive(owner)

/** The living processes among those that execute some runs. */
export const livingOwners = (
  source: Pick<RunSource, "isAlive">,
  rows: ReadonlyArray<RunRow>
): Effect.Effect<ReadonlySet<number | null>, JournalError> =>
  Effect.map(
    Effect.filter(new Set(rows.flatMap(({ owner }) => owner ?? [])), (owner) => source.isAlive(owner)),
    (owners) => new Set(owners)
  )

/** Whether the process that executed the run has died, and none goes on with it. */
export const isInterrupted = (
  source: Pick<RunSource, "isAlive" | "process">,
  row: RunRow
): Effect.Effect<boolean, JournalError> =>
  row.phase !== "Running" || row.held !== null || row.owner === source.process
    ? Effect.succeed(false)
    : Effect.map(isExecuted(source, row), (executed) => !executed)

/** The phases of runs, each with what is special about it. */
export const statusesOf = (
  source: Pick<RunSource, "isAlive" | "process">,
  rows: ReadonlyArray<RunRow>
): Effect.Effect<ReadonlyArray<string>, JournalError> =>
  Effect.forEach(rows, (row) => Effect.map(isInterrupted(source, row), (interrupted) => statusOf(row, interrupted)))

/** The phase with what is special about it. */
const statusOf = ({ held, phase, reason, stopping, suspended }: RunRow, interrupted: boolean): string => {
  if (isTerminal(phase)) return reason === "Stopped" || reason === "Terminated" ? `${phase} (${reason})` : phase
  if (held !== null) return `${phase} (Held)`
  // Nobody goes on with it before it is resumed, whether or not a process is there.
  if (suspended) return `${phase} (Suspended)`
  if (interrupted) return `${phase} (Interrupted)`
  if (stopping !== "terminate" && reason === "Compensating") return `${phase} (${reason})`
  return stopping === null ? phase : `${phase} (${stopping === "stop" ? "Stopping" : "Terminating"})`
}

/** The value that an event holds, where it is known. */
export const payload = (event: Event | undefined): Json | undefined => {
  if (event === undefined) return undefined
  if ("ending" in event) return event.ending.output
  return "input" in event ? event.input : undefined
}

const pairs = (value: Json | undefined): ReadonlyArray<readonly [string, string]> => {
  if (value === undefined || value === null) return []
  if (typeof value !== "object" || Array.isArray(value)) return [["", textOf(value)]]
  const inner = "parameters" in value && Object.keys(value).length === 1 ? value["parameters"] as Json : value
  return typeof inner === "object" && inner !== null
    ? Object.entries(inner).map(([name, it]) => [name, textOf(it as Json)] as const)
    : []
}

const textOf = (value: Json): string => typeof value === "string" ? value : JSON.stringify(value)
