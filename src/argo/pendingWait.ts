/** Where a suspend node waits and what for. */
import type { Event } from "../run/Event.ts"
import type { NodeRow } from "../run/State.ts"
import type { NodeMeta } from "./compile/NodeMeta.ts"
import type { Resumption } from "./bodies/suspend.ts"

/** The engine's path of what waits, and the outputs that still have no value. */
export interface Wait {
  readonly path: string
  readonly asks?: ReadonlyArray<string>
  /** The outputs that a person may give values for, with the values they have otherwise. */
  readonly defaults?: Readonly<Record<string, string>>
}

/** Where a suspend node waits, and what it still asks for; `waits` are it and what is hidden beneath it. */
export const pendingWait = (
  { path }: NodeRow,
  { asks = [], defaults }: NodeMeta,
  waits: ReadonlyArray<NodeRow>,
  events: ReadonlyMap<number, Event>
): Wait => {
  const given = new Set(waits.flatMap(({ signalSeq }) => Object.keys(parametersOf(events.get(signalSeq)))))
  const open = asks.filter((name) => !given.has(name))
  const deepest = waits.filter(({ phase }) => phase === "Running").toSorted((a, b) => b.path.length - a.path.length)[0]
  return {
    path: deepest?.path ?? path,
    ...(open.length === 0 ? {} : { asks: open }),
    ...(defaults === undefined ? {} : { defaults })
  }
}

const parametersOf = (event: Event | undefined): Readonly<Record<string, string>> =>
  event?.type === "NodeSignalled" ? (event.value as Resumption | null)?.parameters ?? {} : {}
