/**
 * Nodes that start a run of its own and, where they are to, wait for it, in whichever process it is. A wait takes no
 * slot and no permit, and goes on after a restart: the id of the run follows from the node.
 */
import * as Effect from "effect/Effect"
import type { Ending } from "../../run/Event.ts"
import { childLabels, childRunId, parentNodeLabel } from "../../run/childRun.ts"
import type { Reason } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { RunDef } from "../../workflow/Definition.ts"
import type { Attempt, LiveNode, Work } from "../Live.ts"
import { ended, errored, type NodeEnd, nothing, succeeded } from "../node/NodeEnd.ts"
import { traceparentAt } from "../node/spanAt.ts"
import { fromText, toText } from "../node/value.ts"
import type { RunsError } from "./Runs.ts"

/** The work of such a node; `input` is asked for where nothing is recorded. */
export const childRunWork = (
  def: RunDef,
  path: string,
  recorded: string | undefined,
  input: () => unknown
): Work => {
  const text = recorded ?? recordOf(def, input)
  return { text, attempt: (live, attempt) => run(live, def, path, text, attempt) }
}

const recordOf = ({ await: awaited, id, onParentEnd, workflow }: RunDef, input: () => unknown): string => {
  if (awaited !== undefined) return JSON.stringify({ run: awaited })
  const head = JSON.stringify({ workflow: workflow.name, onParentEnd, ...(id === undefined ? {} : { run: id }) })
  return `${head.slice(0, -1)},"input":${toText(workflow.input, input())}}`
}

interface Recorded {
  readonly run?: string
  readonly input?: unknown
}

const run = (
  live: LiveNode,
  def: RunDef,
  path: string,
  text: string,
  { number }: Attempt
): Effect.Effect<NodeEnd> => {
  const recorded = JSON.parse(text) as Recorded
  const { ledger } = live.run
  const epoch = ledger.nodes.get(path)!.epoch
  const id = recorded.run ?? childRunId(ledger.row.id, path, { epoch, attempt: number })
  const body = Effect.flatMap(found(live, def, path, id, recorded), (row) => {
    if (typeof row === "string") return Effect.succeed(ended("Error", "BadInput", row))
    return def.wait ? awaited(live, def, path, row) : Effect.succeed(succeeded(JSON.stringify(row.id)))
  })
  return Effect.catch(body, (error) => unavailable(error))
}

/** The run, which is started where this node starts it and it is not there yet. */
const found = (
  live: LiveNode,
  def: RunDef,
  path: string,
  id: string,
  { input }: Recorded
): Effect.Effect<RunRow | string, RunsError> => {
  const { host, ledger: { nodes, row } } = live.run
  if (def.await !== undefined) {
    const known = Effect.andThen(host.runs().know(def.workflow), host.runs().find(id))
    return Effect.map(known, (row) => row ?? goneRun(id))
  }
  const { workflow } = def
  live.run.ledger.startsRuns = true
  // A wait that is on record is for a run that was started: perhaps it has been deleted since.
  if (nodes.get(path)!.waiting === "Run" && workflow.start === undefined) return startedBefore(live, path, id)
  const value = fromText(workflow.input, JSON.stringify(input ?? null))
  const traceparent = traceparentAt(live.run, path)
  return host.runs().start(workflow, value, { id, labels: childLabels(row.id, path, def.onParentEnd), traceparent })
}

/** A run of before, or the link of its chain that is open. */
const startedBefore = (live: LiveNode, path: string, id: string): Effect.Effect<RunRow | string, RunsError> => {
  const runs = live.run.host.runs()
  return Effect.flatMap(runs.find(id), (row): Effect.Effect<RunRow | string, RunsError> => {
    if (row !== undefined) return Effect.succeed(row)
    const open = runs.openOf(live.run.ledger.row.id)
    return Effect.map(open, (rows) => rows.find((row) => isLinkOf(row, path, id)) ?? goneRun(id))
  })
}

const isLinkOf = (row: RunRow, path: string, id: string): boolean =>
  row.labels[parentNodeLabel] === path && row.id.startsWith(`${id}~`)

const goneRun = (id: string): string => `There is no run "${id}" any more`

/** An engine that closes, or whose storage is gone, ends no node: whoever takes the run over goes on waiting. */
const unavailable = (error: RunsError): Effect.Effect<NodeEnd> =>
  error._tag === "EngineClosed" || error._tag === "JournalError"
    ? Effect.never
    : Effect.succeed(errored("BadInput", error, "Its run cannot be started"))

const awaited = (live: LiveNode, def: RunDef, path: string, row: RunRow): Effect.Effect<NodeEnd, RunsError> =>
  Effect.suspend(() => {
    const { ledger } = live.run
    if (ledger.nodes.get(path)!.waiting === null) ledger.node({ type: "NodeWaiting", path, waiting: "Run" })
    const ending = Effect.map(live.run.host.runs().ending(row), (end) => told(live, row.id, end))
    return Effect.raceFirst(ending, Effect.flatMap(stopped(live), (reason) => leave(live, def, row, reason, ending)))
  })

const stopped = (live: LiveNode): Effect.Effect<Reason> =>
  Effect.callback((resume) => {
    const hear = () => resume(Effect.succeed(live.stopping ?? "Stopped"))
    if (live.stopping !== undefined) return hear()
    live.onStop(hear)
  })

/** Its node is told to stop: so is its run, where that is what its end means. */
const leave = (
  live: LiveNode,
  { onParentEnd }: RunDef,
  { id }: RunRow,
  reason: Reason,
  ending: Effect.Effect<NodeEnd, RunsError>
): Effect.Effect<NodeEnd, RunsError> => {
  const own = cut(id, reason)
  if (onParentEnd === "leave") return Effect.succeed(own)
  return Effect.as(Effect.andThen(live.run.host.runs().end(id, onParentEnd), ending), own)
}

/** A run that ends because its node was stopped has not failed by itself. */
const told = ({ stopping }: LiveNode, id: string, end: Ending): NodeEnd =>
  stopping === undefined || end.phase === "Succeeded" ? toEnd(id, end) : cut(id, stopping)

const cut = (id: string, reason: Reason): NodeEnd =>
  ended("Failed", reason, `${reason} while it waited for run "${id}"`)

const toEnd = (id: string, { error, message, output, phase }: Ending): NodeEnd => {
  if (phase === "Succeeded") return succeeded(output === undefined ? nothing : JSON.stringify(output))
  const broken = phase === "Error"
  return {
    phase: broken ? "Error" : "Failed",
    reason: broken ? "ChildErrored" : "ChildFailed",
    message: `run "${id}" ${phase}${message === undefined ? "" : `: ${message}`}`,
    error
  }
}
