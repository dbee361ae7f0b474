/** Everything in a state file that does not move, each with its reason, for people who look after it. */
import { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import type { Asks } from "../node/asks.ts"
import { locks } from "./locks.ts"
import { instantText } from "../../run/instant.ts"
import { asksAt, pendingWait } from "./waits.ts"

/** Why something does not move. */
export type StuckKind = "held" | "interrupted" | "suspended" | "signal" | "permit" | "time"

/** A run, or a node of one, that does not move. */
export interface Stuck {
  readonly kind: StuckKind
  readonly run: string
  readonly workflow: string
  /** The path of the node; empty for the run as a whole. */
  readonly node: string
  readonly because: string
  /** The instant at which it goes on by itself, when there is one; milliseconds since the epoch. */
  readonly until?: number
  /** Of a node that waits for a signal: what it asks for. */
  readonly asks?: Asks
}

const page = 500

/** All that does not move, oldest runs first. */
export const stuck = (engine: Engine): ReadonlyArray<Stuck> => {
  const reasons = new Map(
    locks(engine).flatMap(({ queue }) => queue).map((it) => [`${it.run}\n${it.node}`, it.reason ?? ""])
  )
  return openRuns(engine).flatMap((row) => ofRun(engine, row, reasons))
}

const openRuns = ({ host: { journal } }: Engine): ReadonlyArray<RunRow> => {
  const found: Array<RunRow> = []
  for (let skip = 0;; skip += page) {
    const rows = journal.listRuns({ phases: ["Pending", "Running"], skip, limit: page })
    found.push(...rows)
    if (rows.length < page) return found.toReversed()
  }
}

const readable = (journal: Engine["host"]["journal"], { key }: RunRow): ReadonlyArray<NodeRow> | string => {
  try {
    return journal.nodes(key)
  } catch (error) {
    if (error instanceof JournalError && error.concernsOneRun) return error.message
    throw error
  }
}

const ofRun = (engine: Engine, row: RunRow, reasons: ReadonlyMap<string, string>): ReadonlyArray<Stuck> => {
  const { journal } = engine.host
  const own = { run: row.id, workflow: row.workflow, node: "" }
  if (row.held !== null) return [{ ...own, kind: "held", because: row.held }]
  const isExecuted = row.owner !== null && (row.owner === journal.process || journal.isAlive(row.owner))
  if (!isExecuted) return [{ ...own, kind: "interrupted", because: "no process executes it" }]
  if (row.suspended) return [{ ...own, kind: "suspended", because: "it is suspended" }]
  const permit = reasons.get(`${row.id}\n`)
  const nodes = readable(journal, row)
  if (typeof nodes === "string") return [{ ...own, kind: "held", because: nodes }]
  const waiting = nodes.filter(({ phase, waiting }) => !isTerminal(phase) && waiting !== null)
  return [
    ...(permit === undefined ? [] : [{ ...own, kind: "permit" as const, because: permit }]),
    ...waiting.flatMap((node) => {
      const told = ofNode(engine, row, node, reasons)
      return told === undefined ? [] : [{ ...own, node: node.path, ...told }]
    })
  ]
}

type Told = Pick<Stuck, "asks" | "because" | "kind" | "until">

const ofNode = (engine: Engine, run: RunRow, node: NodeRow, reasons: ReadonlyMap<string, string>): Told | undefined => {
  const { path, until, waiting } = node
  if (waiting === "Permit") {
    return { kind: "permit", because: reasons.get(`${run.id}\n${path}`) ?? "it waits for permits" }
  }
  if (waiting === "Retry") {
    return {
      kind: "time",
      until,
      because: `it is tried again at ${instantText(until, engine.host.now())}, after ${node.message ?? "a failure"}`
    }
  }
  const because = pendingWait(engine, run, node)
  if (because === undefined) return undefined
  const asks = asksAt(engine, run, node)
  const isSignal = waiting === "Signal" || asks?.default !== undefined
  return {
    kind: isSignal ? "signal" : "time",
    because,
    ...(waiting === "Timer" ? { until } : {}),
    ...(isSignal && asks !== undefined ? { asks } : {})
  }
}
