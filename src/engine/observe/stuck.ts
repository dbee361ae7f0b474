/** Everything in a state file that does not move, each with its reason, for people who look after it. */
import * as Effect from "effect/Effect"
import type { Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import type { Asks } from "../node/asks.ts"
import { locks, type PermitView } from "./locks.ts"
import { asksPerson } from "../../run/asksPerson.ts"
import { instantText } from "../../run/instant.ts"
import { isExecuted } from "../life/definitions.ts"
import { asksOf, pendingWait } from "./waits.ts"

/** Why something does not move. */
export type StuckKind = "held" | "interrupted" | "suspended" | "signal" | "permit" | "time"

/** A run, or a node of one, that does not move. */
export interface Stuck {
  /** Why it does not move, for programs. */
  readonly kind: StuckKind
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
  /** The path of the node; empty for the run as a whole. */
  readonly node: string
  /** Why it does not move, in words for people. */
  readonly because: string
  /** The instant at which it goes on by itself, when there is one; milliseconds since the epoch. */
  readonly until?: number
  /** Of a node that waits for a signal: what it asks for. */
  readonly asks?: Asks
  /** The pool that it waits for, where no process offers a place of it. */
  readonly pool?: string
}

const page = 500

/** All that does not move, oldest runs first. */
export const stuck = (engine: Engine): Effect.Effect<ReadonlyArray<Stuck>, JournalError> =>
  Effect.gen(function* () {
    const queue = (yield* locks(engine)).flatMap(({ queue }) => queue)
    const reasons = new Map(queue.map((it) => [`${it.run}\n${it.node}`, it]))
    const found: Array<Stuck> = []
    for (const row of yield* openRuns(engine)) found.push(...yield* ofRun(engine, row, reasons))
    return found
  })

const openRuns = ({ host: { journal } }: Engine): Effect.Effect<ReadonlyArray<RunRow>, JournalError> =>
  Effect.gen(function* () {
    const found: Array<RunRow> = []
    for (let skip = 0;; skip += page) {
      const rows = yield* journal.reads.listRuns({ phases: ["Pending", "Running"], skip, limit: page })
      found.push(...rows)
      if (rows.length < page) return found.toReversed()
    }
  })

const readable = (reads: Reads, { key }: RunRow): Effect.Effect<ReadonlyArray<NodeRow> | string, JournalError> =>
  Effect.catch(
    reads.nodes(key),
    (error): Effect.Effect<string, JournalError> =>
      error.concernsOneRun ? Effect.succeed(error.message) : Effect.fail(error)
  )

const ofRun = (
  engine: Engine,
  row: RunRow,
  reasons: ReadonlyMap<string, PermitView>
): Effect.Effect<ReadonlyArray<Stuck>, JournalError> =>
  Effect.gen(function* () {
    const own = { run: row.id, workflow: row.workflow, node: "" }
    if (row.held !== null) return [{ ...own, kind: "held", because: row.held }]
    if (row.suspended) return [{ ...own, kind: "suspended", because: "it is suspended" }]
    if (!(yield* isExecuted(engine, row))) {
      return [{ ...own, kind: "interrupted", because: "no process executes it" }]
    }
    const nodes = yield* readable(engine.host.journal.reads, row)
    if (typeof nodes === "string") return [{ ...own, kind: "held", because: nodes }]
    const reasonOf = ({ path }: NodeRow) => reasons.get(`${row.id}\n${path}`)
    const waiting = nodes.filter((it) => !isTerminal(it.phase) && (it.waiting !== null || reasonOf(it) !== undefined))
    const asks = yield* asksOf(engine, row, waiting)
    const permit = reasons.get(`${row.id}\n`)
    return [
      ...(permit === undefined ? [] : [{ ...own, ...permitTold(permit) }]),
      ...waiting.flatMap((node) => {
        const told = ofNode(node, asks.get(node.path), reasonOf(node), engine.host.now())
        return told === undefined ? [] : [{ ...own, node: node.path, ...told }]
      })
    ]
  })

type Told = Pick<Stuck, "asks" | "because" | "kind" | "pool" | "until">

const permitTold = ({ pool, reason = "" }: PermitView): Told => ({
  kind: "permit",
  because: reason,
  ...(pool === undefined ? {} : { pool })
})

const ofNode = (
  node: NodeRow,
  asks: Asks | undefined,
  permit: PermitView | undefined,
  now: number
): Told | undefined => {
  const { until, waiting } = node
  if (permit !== undefined && (waiting === null || waiting === "Permit")) return permitTold(permit)
  if (waiting === "Permit") return { kind: "permit", because: "it waits for permits" }
  if (waiting === "Retry") {
    const because = `it is tried again at ${instantText(until, now)}, after ${node.message ?? "a failure"}`
    return { kind: "time", until, because }
  }
  const because = pendingWait(node, asks, now)
  if (because === undefined) return undefined
  const isSignal = waiting === "Signal" || asksPerson(asks)
  return {
    kind: isSignal ? "signal" : "time",
    because,
    ...(waiting === "Timer" ? { until } : {}),
    ...(isSignal && asks !== undefined ? { asks } : {})
  }
}
