/**
 * What is known of a run: its rows, and the events that they name. Learning the events after any of them one by one
 * gives what reading it anew would.
 */
import type { Event, NodeKind, Recorded } from "./Event.ts"
import { apply, resetBy, type Rows } from "./evolve.ts"

/** A run as far as its event `seq`. */
export interface RunFacts {
  rows: Rows
  seq: number
  /** Events that rows name (`inputSeq`, `signalSeq`, `resultSeq`) by their numbers, as far as they were asked for. */
  readonly events: Map<number, Event>
}

/** Takes one more event in, by default without values; answers the paths of the nodes that it changed. */
export const learn = (
  facts: RunFacts,
  recorded: Recorded,
  keep: (event: Event) => Event = withoutValues
): ReadonlyArray<string> => {
  const { event, seq } = recorded
  if (seq <= facts.seq) return []
  facts.rows = apply(facts.rows, recorded, facts.rows.run.key)
  facts.seq = seq
  const row = "path" in event ? facts.rows.nodes.get(event.path)! : facts.rows.run
  const isNamed = row.inputSeq === seq || row.resultSeq === seq || ("signalSeq" in row && row.signalSeq === seq)
  if (isNamed) facts.events.set(seq, keep(event))
  if ("path" in event) return [event.path]
  return resetBy(event).filter((path) => facts.rows.nodes.has(path))
}

/** Kinds of nodes of which the beginning tells what is shown: how long a list is, whether a wait is for a person. */
const telling: ReadonlySet<NodeKind> = new Set<NodeKind>(["map", "suspend"])

/** An event of a node whose values nobody asked for; what was thrown tells why it failed. */
export const withoutValues = (event: Event): Event => {
  if (event.type === "NodeStarted" && !telling.has(event.kind)) return { ...event, input: null }
  if (event.type !== "NodeFinished" || event.ending.output === undefined) return event
  return { ...event, input: null, ending: { ...event.ending, output: null } }
}
