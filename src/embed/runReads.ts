/** What can be seen of a run, as effects. */
import * as Effect from "effect/Effect"
import { asked, read } from "../engine/asked.ts"
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

/** The members of a run that only look. */
export const runReads = <O, E>(engine: Engine, { id, key }: RunRow): Pick<EffectRun<O, E>, Reads> => {
  const row = asked(engine, "read a run", () => present(engine, id, key))
  const reading = <A>(what: string, look: (now: RunRow) => A) =>
    Effect.flatMap(row, (now) => read(engine, what, () => look(now)))
  const output = asked(engine, "wait for a run", () => result(engine, key)) as EffectRun<O, E>["result"]
  const end = asked(engine, "wait for a run", () => ending(engine, key))
  return {
    id,
    status: Effect.map(row, runView),
    result: output,
    ending: end,
    outcome: Effect.flatMap(end, (recorded) => outcomeOf(recorded, output)),
    waitFor: (node, until) =>
      asked(engine, "wait for a node", () => Effect.map(waitFor(engine, { id, key }, node, until), nodeView)),
    events: (after) => events(engine, key, after),
    nodes: (options) => read(engine, "read nodes", () => nodes(engine, key, options).map(nodeView)),
    logs: (node) => read(engine, "read logs", () => logs(engine, key, node).map(logView)),
    artifacts: read(engine, "read artifacts", () => artifactsOf(engine, key)),
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
