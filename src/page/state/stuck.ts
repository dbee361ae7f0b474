/** What does not move in the state file, and why. */
import { get } from "../api/connection.ts"

/** A run, or a node of one, that does not move. */
export interface Stuck {
  readonly kind: "held" | "interrupted" | "suspended" | "signal" | "permit" | "time"
  readonly run: string
  readonly workflow: string
  /** The path of the node; empty for the run as a whole. */
  readonly node: string
  readonly because: string
  readonly until?: number
}

/** The same with what people call its node, and what a person gives it. */
export interface NamedStuck extends Stuck {
  readonly name: string
  readonly outputs: ReadonlyArray<string>
}

/** Reads all of it with the names of nodes. Throws `Problem`. */
export const readNamedStuck = (): Promise<ReadonlyArray<NamedStuck>> => get<ReadonlyArray<NamedStuck>>("/stuck?named")

/** Reads all of it. Throws `Problem`. */
export const readStuck = (): Promise<ReadonlyArray<Stuck>> => get<ReadonlyArray<Stuck>>("/stuck")

const order: ReadonlyArray<Stuck["kind"]> = ["signal", "suspended", "held", "interrupted", "permit", "time"]

/** What of it matters most for each run: first what a person can do something about. */
export const byRun = (all: ReadonlyArray<Stuck>): ReadonlyMap<string, Stuck> => {
  const first = new Map<string, Stuck>()
  for (const it of all) {
    const known = first.get(it.run)
    if (known === undefined || order.indexOf(it.kind) < order.indexOf(known.kind)) first.set(it.run, it)
  }
  return first
}
