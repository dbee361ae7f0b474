/**
 * The service on an engine: which question is answered by which part of it.
 *
 * Owns: what is asked under which name. Does not own: the engine, its life, any rule.
 */
import * as Effect from "effect/Effect"
import { asked, type AskError, defining } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import type { InvalidInput, Refused, RunExists, RunNotFound } from "../engine/EngineError.ts"
import type { InvalidWorkflow } from "../plan/Issue.ts"
import { register } from "../engine/life/attach.ts"
import { close } from "../engine/life/close.ts"
import { startWith } from "../engine/control/startWith.ts"
import type { StartOptions } from "../engine/life/start.ts"
import { got } from "../engine/observe/got.ts"
import { counts, listed } from "../engine/observe/list.ts"
import type { RunRow } from "../run/State.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { artifactsOn } from "./artifactsOn.ts"
import { handleOf, handleOn, outputOn } from "./handleOf.ts"
import type { GetRun, PinnaceEngineShape } from "./PinnaceEngine.ts"
import { locksOn } from "./locksOn.ts"
import { schedulesOn } from "./schedulesOn.ts"
import { stateOn } from "./stateOn.ts"

/** The service on an engine. */
export const engineService = <R>(engine: Engine): PinnaceEngineShape<R> => {
  const handle = (row: RunRow) => handleOf<never, never>(engine, row)
  const made = (workflow: unknown, ...[input, options]: [unknown?, StartOptions?]): Effect.Effect<RunRow, FreshError> =>
    asked(engine, "start a run", () => startWith(engine, workflow as AnyWorkflow, input, options), defining)
  return {
    register: (...workflows) =>
      asked(engine, "register workflows", () => register(engine, erased(workflows)), defining),
    start: (workflow: unknown, ...rest: [unknown?, StartOptions?]) =>
      handleOn<never, never, FreshError>(engine, made(workflow, ...rest)),
    // Whoever wants the output alone needs no handle.
    run: (workflow, ...rest) => outputOn(engine, made(workflow, ...rest)),
    get:
      ((first: string | { readonly name: string }, second?: string) =>
        asked(engine, "read a run", () => Effect.map(got(engine, first, second), handle))) as GetRun<R>,
    counts: (filter = {}) => asked(engine, "count runs", () => counts(engine, filter)),
    list: (filter = {}) => asked(engine, "list runs", () => listed(engine, filter)),
    ...stateOn(engine),
    ...schedulesOn<R>(engine),
    ...artifactsOn(engine),
    ...locksOn(engine),
    close: (options) => close(engine, options)
  }
}

type FreshError = AskError | InvalidInput | InvalidWorkflow | Refused | RunExists | RunNotFound

const erased = (workflows: ReadonlyArray<unknown>) => workflows as ReadonlyArray<AnyWorkflow>
