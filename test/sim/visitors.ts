// deno-lint-ignore-file no-explicit-any -- the point is to give what the types forbid
/**
 * People who give odd values to a simulated process, and what must come of it (N17): a typed refusal, and nothing else.
 */
import { answersOf } from "../journal/answers.ts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { command } from "../../src/engine/control/command.ts"
import { signal } from "../../src/engine/control/signal.ts"
import { remove } from "../../src/engine/life/remove.ts"
import { fork, resubmit } from "../../src/engine/life/resubmit.ts"
import { planRetry, retry } from "../../src/engine/life/retry.ts"
import { start } from "../../src/engine/life/start.ts"
import { artifacts, gc, pin } from "../../src/engine/observe/artifacts.ts"
import { list } from "../../src/engine/observe/list.ts"
import { breakPermit, setLimit } from "../../src/engine/observe/locks.ts"
import { logs, nodes } from "../../src/engine/observe/observe.ts"
import { why } from "../../src/engine/observe/why.ts"
import type { RunRow } from "../../src/run/State.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { faultOf } from "../odd/judge.ts"
import { type Odd, odds } from "../odd/values.ts"
import type { Process } from "./Cluster.ts"

/** Whom a visitor meets: a run, a path in it, and a workflow to start. */
export interface Scene {
  readonly row: RunRow
  readonly path: string
  readonly workflow: AnyWorkflow
}

type Visit = (process: Process, scene: Scene, value: any) => unknown

/** Texts are messages and names as good as any: what they do is no fault. */
const unlessText = (visit: Visit): Visit => (process, scene, value) =>
  typeof value === "string" ? undefined : visit(process, scene, value)

const unlessFlag = (visit: Visit): Visit => (process, scene, value) =>
  typeof value === "boolean" ? undefined : visit(process, scene, value)

const visits: Readonly<Record<string, Visit>> = {
  "start it": ({ engine }, _, value) => start(engine, value, {}),
  "start with priority": ({ engine }, { workflow }, priority) => start(engine, workflow, {}, { priority }),
  "start with labels": ({ engine }, { workflow }, labels) => start(engine, workflow, {}, { labels }),
  "start with options": ({ engine }, { workflow }, value) => start(engine, workflow, {}, value),
  "start with input": ({ engine }, { workflow }, value) => start(engine, workflow, value),
  "start with id": unlessText(({ engine }, { workflow }, id) => start(engine, workflow, {}, { id })),
  "signal a value": ({ engine }, { row, path }, value) => signal(engine, row.id, `${path} that is none`, value),
  "signal a node": ({ engine }, { row }, value) => signal(engine, row.id, value, 5),
  "stop with message": unlessText(({ engine }, { row }, message) => command(engine, row.id, "stop", { message })),
  "terminate with message": unlessText(({ engine }, { row }, message) =>
    command(engine, row.id, "terminate", { message })
  ),
  "plan a retry": ({ engine }, { row }, value) => planRetry(engine, row.id, value),
  "retry nodes": ({ engine }, { row }, value) => retry(engine, row.id, { nodes: [value] }),
  "resubmit with priority": unlessText(({ engine }, { row }, value) =>
    resubmit(engine, row.id, { priority: typeof value === "number" ? value + 0.5 : value })
  ),
  "resubmit also": ({ engine }, { row }, also) => resubmit(engine, row.id, { also: [also, 5] } as any),
  "fork from": unlessText(({ engine }, { row }, value) => fork(engine, row.id, value, {})),
  "delete with force": unlessFlag(({ engine }, { row }, force) => remove(engine, row.id, { force })),
  "set a limit": ({ engine }, _, value) => setLimit(engine, "nobody's", value),
  "set the limit of": ({ engine }, _, value) => setLimit(engine, value, 1),
  "list by": ({ engine }, _, value) => list(engine, value),
  "list pages of": ({ engine }, _, limit) => list(engine, { limit }),
  "list artifacts by": ({ engine }, _, value) => artifacts(engine, value),
  "collect with": ({ engine }, _, value) => gc(engine, { dryRun: true, retryFailed: value } as any),
  "pin": ({ engine }, _, value) => pin(engine, value, true),
  "break permits of": ({ engine }, _, value) => breakPermit(engine, value, "a"),
  "ask why": ({ engine }, { row }, value) => why(engine, row, value),
  "read logs of": ({ engine }, { row }, value) => logs(engine, row.key, value),
  "read nodes with": ({ engine }, { row }, value) => nodes(engine, row.key, value),
  "write a command": unlessFlag(({ journal }, { row }, value) =>
    typeof value === "string" ? void answersOf(journal).send(row.key, "signal", value) : undefined
  ),
  "write a verb": ({ journal }, { row }, value) =>
    typeof value === "string" ? void answersOf(journal).send(row.key, value, "{}") : undefined
}

const names = Object.keys(visits)

/** One visit, drawn by the seed; `tell` is given what is wrong with its outcome. */
export const visit = (
  process: Process,
  scene: Scene,
  random: () => number,
  tell: (violation: string) => void
): void => {
  const name = pick(names, random)
  const odd: Odd = pick(odds, random)
  const judge = (error: unknown): void => {
    const fault = faultOf(error)
    if (fault !== undefined) tell(`N17 ${name} (${odd.name}): ${fault}`)
  }
  try {
    const done = visits[name]!(process, scene, odd.make())
    if (!Effect.isEffect(done)) return
    process.world.fork(
      Effect.flatMap(
        Effect.exit(done as Effect.Effect<unknown, unknown>),
        (exit) =>
          Effect.sync(() =>
            Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause) ? judge(Cause.squash(exit.cause)) : undefined
          )
      )
    )
  } catch (error) {
    judge(error)
  }
}

const pick = <A>(values: ReadonlyArray<A>, random: () => number): A => values[Math.floor(random() * values.length)]!
