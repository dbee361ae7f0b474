/** Waiting for a node to get somewhere, in whichever process it is. */
import * as Effect from "effect/Effect"
import { nearest } from "../../workflow/nearest.ts"
import { isTerminal, type Phase, PHASES } from "../../run/Phase.ts"
import { neverIn } from "../../run/locate.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { admitOne, oneOf, text } from "../../workflow/admit.ts"
import type { AskError } from "../asked.ts"
import type { Engine } from "../Engine.ts"
import { EngineClosed, Refused, type RunNotFound } from "../EngineError.ts"
import { definitionOf } from "../life/definitions.ts"
import { planOf } from "../life/plans.ts"
import { deleted } from "./observe.ts"
import { whenChanged } from "./whenChanged.ts"

/**
 * What can be waited for: a phase, any end, or that the node
 * waits (for a signal, a time, permits, or its next attempt).
 */
export type Awaited = Phase | "ended" | "waiting"

const words: ReadonlyArray<Awaited> = [...PHASES, "ended", "waiting"]

/**
 * Waits until a node is where it is wanted, and gives its row as it is stored. `Running` means that it has begun: it
 * may have succeeded or failed meanwhile. Fails with `Refused` once it cannot get there any more, and at once
 * where its workflow has no such node. Throws `InvalidValue`.
 */
export const waitFor = (
  engine: Engine,
  { id, key }: Pick<RunRow, "id" | "key">,
  node: string,
  until: Awaited = "ended"
): Effect.Effect<NodeRow, Refused | RunNotFound | AskError> => {
  admitOne("the node that is waited for", node, text)
  admitOne("what is waited for", until, oneOf(words))
  const waiting = whenChanged(engine, key, () => look(engine, { id, key }, node, until))
  return Effect.andThen(refuseNever(engine, { id, key }, node), waiting)
}

/** Refuses at once what the definition of the run can never have. */
const refuseNever = (
  engine: Engine,
  { id, key }: Pick<RunRow, "id" | "key">,
  path: string
): Effect.Effect<void, Refused | AskError> =>
  Effect.gen(function* () {
    if (engine.closed || engine.fault !== undefined || path.startsWith(".")) return
    const { reads } = engine.host.journal
    const row = yield* reads.getRun(key)
    const workflow = row === undefined ? "" : yield* definitionOf(engine, row)
    if (typeof workflow === "string") return
    const fault = neverIn(planOf(workflow), path)
    if (fault === undefined || (yield* reads.node(key, path)) !== undefined) return
    const what = fault.part === path ? "such node" : `node "${fault.part}"`
    const hint = fault.like === undefined ? "" : `. Did you mean "${fault.like}"?`
    const why = `workflow "${workflow.name}" has no ${what}${hint}`
    return yield* refused(id, `Cannot wait for node "${path}" of run ${id}: ${why}`)
  })

type Looked = Effect.Effect<NodeRow | undefined, Refused | RunNotFound | AskError>

const look = (
  engine: Engine,
  { id, key }: Pick<RunRow, "id" | "key">,
  path: string,
  until: Awaited
): Looked | undefined => {
  if (engine.fault !== undefined) return Effect.fail(engine.fault)
  if (engine.closed) return Effect.fail(EngineClosed.of(`wait for node "${path}"`))
  const live = engine.live.get(key)?.ledger.nodes.get(path)
  // Of a run that is executed here the record in memory is ahead: while it has nothing to tell, storage is not asked.
  if (engine.live.has(key) && !(live !== undefined && isDecided(live, until))) return undefined
  return stored(engine, { id, key }, path, until)
}

const stored = (
  { host: { journal: { reads } } }: Engine,
  { id, key }: Pick<RunRow, "id" | "key">,
  path: string,
  until: Awaited
): Looked =>
  Effect.gen(function* () {
    // The run first: a node that is not there in the end was not there before.
    const run = yield* reads.getRun(key)
    const node = yield* reads.node(key, path)
    if (node !== undefined && isThere(node, until)) return node
    if (node !== undefined && isTerminal(node.phase)) return yield* refuse(id, path, `it ended ${node.phase}`)
    if (run === undefined) return yield* deleted(id)
    if (!isTerminal(run.phase)) return undefined
    const like = node === undefined ? nearest(path, (yield* reads.nodes(key)).map((it) => it.path)) : undefined
    const hint = like === undefined ? "" : `. Did you mean "${like}"?`
    return yield* refuse(id, path, `the run ended ${run.phase} without it${hint}`)
  })

const refuse = (run: string, path: string, why: string): Effect.Effect<never, Refused> =>
  Effect.fail(refused(run, `Stopped waiting for node "${path}" of run ${run}: ${why}`))

const refused = (run: string, message: string): Refused => new Refused({ run, verb: "waitFor", message })

const isDecided = (node: NodeRow, until: Awaited): boolean => isThere(node, until) || isTerminal(node.phase)

const isThere = ({ phase, waiting }: NodeRow, until: Awaited): boolean => {
  if (until === "waiting") return waiting !== null && !isTerminal(phase)
  if (until === "ended") return isTerminal(phase)
  if (until === "Running") {
    return phase === "Running" || phase === "Succeeded" || phase === "Failed" || phase === "Error"
  }
  return phase === until
}
