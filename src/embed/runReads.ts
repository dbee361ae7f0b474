/** What can be seen of a run, as effects. */
import * as Effect from "effect/Effect"
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { artifactsOf } from "../engine/observe/artifacts.ts"
import { definition } from "../engine/observe/definition.ts"
import { events } from "../engine/observe/follow.ts"
import { logs, nodes, present } from "../engine/observe/observe.ts"
import { ending, result } from "../engine/observe/result.ts"
import type { RunFailed } from "../engine/observe/RunFailed.ts"
import { waitFor } from "../engine/observe/waitFor.ts"
import { why } from "../engine/observe/why.ts"
import type { Ending } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import { logView, nodeView, runView } from "../run/view.ts"
import type { EffectRun } from "./EffectRun.ts"

type Reads =
  | "artifacts"
  | "definition"
  | "ending"
  | "events"
  | "id"
  | "logs"
  | "nodes"
  | "outcome"
  | "result"
  | "status"
  | "waitFor"
  | "why"

/** Waits for the output of a run. */
export const output = <O, E>(engine: Engine, { key }: Pick<RunRow, "key">): EffectRun<O, E>["result"] =>
  asked(engine, "wait for a run", () => result(engine, key)) as EffectRun<O, E>["result"]

/** The members of a run that only look. */
export const runReads = <O, E>(engine: Engine, { id, key }: RunRow): Pick<EffectRun<O, E>, Reads> => {
  const row = asked(engine, "read a run", () => present(engine, id, key))
  const reading = <A, F>(what: string, look: (now: RunRow) => Effect.Effect<A, F>) =>
    Effect.flatMap(row, (now) => asked(engine, what, () => look(now)))
  const given = output<O, E>(engine, { key })
  const end = asked(engine, "wait for a run", () => ending(engine, key))
  return {
    id,
    status: Effect.map(row, runView),
    result: given,
    ending: end,
    outcome: Effect.flatMap(end, (recorded) => outcomeOf(recorded, given)),
    waitFor: (node, until) =>
      asked(engine, "wait for a node", () => Effect.map(waitFor(engine, { id, key }, node, until), nodeView)),
    events: (after) => events(engine, key, after),
    nodes: (options) =>
      asked(engine, "read nodes", () => Effect.map(nodes(engine, key, options), (rows) => rows.map(nodeView))),
    logs: (node) =>
      asked(engine, "read logs", () => Effect.map(logs(engine, key, node), (lines) => lines.map(logView))),
    artifacts: asked(engine, "read artifacts", () => artifactsOf(engine, key)),
    definition: reading("read a definition", (row) => definition(engine, row)),
    why: (node) => reading("ask why", (row) => why(engine, row, node))
  }
}

const outcomeOf = <O, E>(end: Ending, result: EffectRun<O, E>["result"]): EffectRun<O, E>["outcome"] => {
  const { message = "", phase, reason = phase } = end
  // A run that succeeded fails to give its output only when it cannot be read.
  if (phase === "Succeeded") return Effect.map(result, (output) => ({ phase, output })) as EffectRun<O, E>["outcome"]
  return Effect.matchEffect(result, {
    onSuccess: (output) => Effect.succeed({ phase: "Succeeded", output } as const),
    onFailure: (error) => Effect.succeed({ phase, reason, message, error: error as E | RunFailed })
  })
}
