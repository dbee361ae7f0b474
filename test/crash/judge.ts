/**
 * What must be true of a case beyond the invariants of its run: its ending,
 * what was answered, what watchers and hosts saw. How soon it went on is a figure of the sweep, never a verdict.
 */
import type { Ending, Recorded } from "../../mod.ts"
import type { Order } from "./draw.ts"
import type { Host } from "./Host.ts"
import { isPrefix } from "./inspect.ts"

/** A command that was answered with yes. */
export interface Answered {
  readonly verb: Order["verb"]
  readonly message: string
}

/** What a case left behind, beside its events. */
export interface Outcome {
  readonly ending: Ending | undefined
  /** The outputs of which a run that nobody ended on purpose must have one. */
  readonly outputs: ReadonlyArray<string>
  readonly answers: ReadonlyArray<Answered>
  readonly hosts: ReadonlyArray<Host>
}

/** What is wrong with a case; empty when all is well. */
export const judge = (events: ReadonlyArray<Recorded>, outcome: Outcome): ReadonlyArray<string> => [
  ...wrongEnding(events, outcome),
  ...emptyPromises(events, outcome.answers),
  ...outcome.hosts.flatMap((host) => strayed(events, host))
]

/** Unless somebody ended it on purpose, a run succeeds with an output that its definition gives. */
const wrongEnding = (events: ReadonlyArray<Recorded>, { ending, outputs }: Outcome): ReadonlyArray<string> => {
  if (isImposed(events)) return []
  if (ending?.phase === "Succeeded" && outputs.includes(ending.output as string)) return []
  return [`the run ended with ${JSON.stringify(ending)}`]
}

const proofs = { stop: "RunStopping", terminate: "RunStopping", suspend: "RunSuspended", resume: "RunResumed" }

/** What was answered with yes is in the journal. */
const emptyPromises = (
  events: ReadonlyArray<Recorded>,
  answers: ReadonlyArray<Answered>
): ReadonlyArray<string> =>
  answers.flatMap(({ message, verb }) => {
    const proof = proofs[verb]
    if (events.some(({ event }) => event.type === proof)) return []
    if (proof === "RunStopping" && isImposed(events)) return []
    return [`${verb} was answered "${message}", but the journal has no ${proof}`]
  })

/** A watcher sees what the file has, and nothing strays out of the engine. */
const strayed = (events: ReadonlyArray<Recorded>, { errors, notices }: Host): ReadonlyArray<string> => {
  const seen = notices.flatMap((it) => it.notice === "event" ? [it.recorded] : [])
  const unhandled = notices.flatMap((it) => it.notice === "unhandled" ? [`OB-01: ${it.what}`] : [])
  // Of a line that was being written when its process was killed, a part arrives.
  const said = errors.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"))
  return [
    ...isPrefix(seen, events) ? [] : ["OB-02: a watcher saw other events than the file has"],
    ...unhandled,
    ...said.map((line) => `OB-01: a process wrote "${line}" by itself`)
  ]
}

/** Whether somebody stopped or terminated the run. */
const isImposed = (events: ReadonlyArray<Recorded>): boolean =>
  events.some(({ event }) =>
    event.type === "RunStopping" ||
    (event.type === "RunFinished" && (event.ending.reason === "Stopped" || event.ending.reason === "Terminated"))
  )

/**
 * Milliseconds from each death until one of these processes had taken
 * the run over; `signals` are the instants of kills from outside.
 */
export const takeovers = (
  events: ReadonlyArray<Recorded>,
  processes: ReadonlySet<number>,
  signals: ReadonlyArray<number>
): ReadonlyArray<number> =>
  events.flatMap(({ at, event }, index) => {
    if (event.type !== "RunStarted" || !processes.has(event.owner)) return []
    // The owner died after its last event, and after it was killed.
    return [at - Math.max(events[index - 1]?.at ?? 0, ...signals.filter((signal) => signal <= at))]
  })
