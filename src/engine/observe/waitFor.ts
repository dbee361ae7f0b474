/** Waiting for a node to get somewhere, in whichever process it is. */
import * as Effect from "effect/Effect"
import { nearest } from "../../plan/name.ts"
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
  return Effect.suspend(() =>
    never(engine, { id, key }, node) ?? whenChanged(engine, key, () => look(engine, { id, key }, node, until))
  )
}

/** Refuses at once what the definition of the run can never have. */
const never = (engine: Engine, { id, key }: Pick<RunRow, "id" | "key">, path: string) => {
  if (engine.closed) return undefined
  const { journal } = engine.host
  const row = journal.getRun(key)
  const workflow = row === undefined ? "" : definitionOf(engine, row)
  if (typeof workflow === "string" || path.startsWith(".")) return undefined
  const fault = neverIn(planOf(workflow), path)
  if (fault === undefined || journal.nodes(key).some((node) => node.path === path)) return undefined
  const what = fault.part === path ? "such node" : `node "${fault.part}"`
  const hint = fault.like === undefined ? "" : `. Did you mean "${fault.like}"?`
  return Effect.fail(
    refused(id, `Cannot wait for node "${path}" of run ${id}: workflow "${workflow.name}" has no ${what}${hint}`)
  )
}

type Looked = Effect.Effect<NodeRow, Refused | RunNotFound | AskError> | undefined

const look = (engine: Engine, { id, key }: Pick<RunRow, "id" | "key">, path: string, until: Awaited): Looked => {
  if (engine.lost !== undefined) return Effect.fail(engine.lost)
  if (engine.closed) return Effect.fail(EngineClosed.of(`wait for node "${path}"`))
  const live = engine.live.get(key)?.ledger.nodes.get(path)
  // Of a run that is executed here the record in memory is ahead:
  // while it has nothing to tell, storage need not be asked.
  if (engine.live.has(key) && !(live !== undefined && isDecided(live, until))) return undefined
  const { journal } = engine.host
  const nodes = journal.nodes(key)
  const node = nodes.find((it) => it.path === path)
  if (node !== undefined && isThere(node, until)) return Effect.succeed(node)
  if (node !== undefined && isTerminal(node.phase)) return refuse(id, path, `it ended ${node.phase}`)
  const run = journal.getRun(key)
  if (run === undefined) return Effect.fail(deleted(id))
  if (!isTerminal(run.phase)) return undefined
  const like = nearest(path, nodes.map((it) => it.path))
  const hint = node !== undefined || like === undefined ? "" : `. Did you mean "${like}"?`
  return refuse(id, path, `the run ended ${run.phase} without it${hint}`)
}

const refuse = (run: string, path: string, why: string): Effect.Effect<never, Refused> =>
  Effect.fail(refused(run, `Waited in vain for node "${path}" of run ${run}: ${why}`))

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
