/**
 * Names of spans and their attributes: a closed list, so that a later standard for workflows is one file to change.
 * Values of authors (inputs, outputs, log lines) are in none of them.
 */
import type { Ending, Event } from "../run/Event.ts"
import type { Attributes } from "./SpanRecord.ts"

/** Longer values are cut. */
const most = 256

const cut = (text: string): string => text.length <= most ? text : text.slice(0, most)

/** What every span of a run tells of it. */
export interface RunFacts {
  readonly run: string
  readonly workflow: string
  readonly priority: number
  readonly labels: Readonly<Record<string, string>>
  readonly origin?: { readonly run: string; readonly how: string }
}

/** A path without the indices of items: few names, whatever runs. */
const withoutIndices = (path: string): string => path.includes("[") ? path.replaceAll(/\[[^\]]*\]/g, "[]") : path

/** The name of a run's span. */
export const runName = ({ workflow }: RunFacts): string => `run ${workflow}`

/** The name of a node's span. */
export const nodeName = (path: string): string => cut(`node ${withoutIndices(path)}`)

/** The name of an attempt's span. */
export const attemptName = (path: string): string => cut(`attempt ${withoutIndices(path)}`)

/** What is told of a run. */
export const runOf = ({ origin, priority, run, workflow }: RunFacts, epoch: number): Attributes => ({
  "pinnace.run.id": run,
  "pinnace.workflow": workflow,
  "pinnace.epoch": epoch,
  "pinnace.priority": priority,
  ...(origin === undefined ? {} : { "pinnace.origin": origin.run, "pinnace.origin.how": origin.how })
})

/** What is told of a node that has ended. Most succeed, and their attributes are not put together from parts. */
export const nodeOf = (
  { run, workflow }: RunFacts,
  path: string,
  { attempt, kind }: { readonly attempt: number; readonly kind: string },
  ending: Ending
): Attributes => {
  const own = {
    "pinnace.run.id": run,
    "pinnace.workflow": workflow,
    "pinnace.node.path": path,
    "pinnace.node.kind": kind,
    "pinnace.attempts": attempt,
    "pinnace.phase": ending.phase
  }
  const isPlain = ending.phase === "Succeeded" && ending.reason === undefined && ending.cause === undefined
  return isPlain ? own : { ...own, ...endingOf(ending) }
}

/** What is told of how something ended. */
export const endingOf = ({ cause, error, phase, reason }: Ending): Attributes => ({
  "pinnace.phase": phase,
  ...(reason === undefined ? {} : { "pinnace.reason": reason }),
  ...(phase === "Failed" || phase === "Error" ? { "error.type": cut(error?.tag ?? reason ?? phase) } : {}),
  ...(cause === undefined ? {} : { "pinnace.cause": cut(cause) })
})

/** What is told of a wait. */
export const waitsFor = ({ until, waiting }: Extract<Event, { readonly type: "NodeWaiting" }>): Attributes => ({
  "pinnace.for": waiting,
  ...(until === undefined ? {} : { "pinnace.until": new Date(until).toISOString() })
})
