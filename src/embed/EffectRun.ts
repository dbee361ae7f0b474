/** A run as an Effect app holds it: the same engine functions as `RunHandle`, as effects and streams with typed errors. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { RetryPlan, RetryRequest } from "../engine/life/resets.ts"
import { fork, resubmit, type ResubmitRequest } from "../engine/life/resubmit.ts"
import { planRetry, retry } from "../engine/life/retry.ts"
import { command } from "../engine/control/command.ts"
import { signal } from "../engine/control/signal.ts"
import type { Answer } from "../engine/control/Answer.ts"
import type { Engine } from "../engine/Engine.ts"
import type { CommandError, EngineClosed, InvalidInput, RunExists, RunNotFound } from "../engine/EngineError.ts"
import { definition, type StoredDefinition } from "../engine/observe/definition.ts"
import { events, logs, nodes, type NodeView } from "../engine/observe/observe.ts"
import { remove } from "../engine/life/remove.ts"
import { ending, result } from "../engine/observe/result.ts"
import type { RunFailed } from "../engine/observe/RunFailed.ts"
import { type Why, why } from "../engine/observe/why.ts"
import type { LogLine } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { Ending, Json, Recorded } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"

/** What can go wrong when a run is done again. */
export type AgainError = CommandError | InvalidInput | JournalError

/** A handle on one run with output `O` and typed errors `E`. */
export interface EffectRun<O = unknown, E = unknown> {
  readonly id: string
  /** The run's row as it stands; `undefined` once it was deleted. */
  readonly status: () => RunRow | undefined
  /** The output; fails with the run's typed error, or with `RunFailed`. */
  readonly result: Effect.Effect<O, E | RunFailed | EngineClosed | JournalError | RunNotFound>
  /** How the run ended, whatever the phase. */
  readonly ending: Effect.Effect<Ending, EngineClosed | JournalError | RunNotFound>
  /** Events after a sequence number (default 0), live, until the run ends. */
  readonly events: (after?: number) => Stream.Stream<Recorded>
  readonly nodes: (options?: { readonly values?: boolean }) => ReadonlyArray<NodeView>
  readonly logs: (node?: string) => ReadonlyArray<LogLine>
  /** The definition that is kept for the run, where it is data. */
  readonly definition: () => StoredDefinition | undefined
  readonly why: (node?: string) => ReadonlyArray<Why>
  readonly stop: (message?: string) => Effect.Effect<Answer, CommandError>
  readonly terminate: (message?: string) => Effect.Effect<Answer, CommandError>
  readonly suspend: Effect.Effect<Answer, CommandError>
  readonly resume: Effect.Effect<Answer, CommandError>
  readonly signal: (node: string, value?: Json) => Effect.Effect<Answer, CommandError>
  readonly planRetry: (request?: RetryRequest) => Effect.Effect<RetryPlan, CommandError>
  readonly retry: (request?: RetryRequest) => Effect.Effect<RetryPlan, AgainError>
  readonly resubmit: (
    request?: ResubmitRequest
  ) => Effect.Effect<EffectRun<O, E>, AgainError | RunExists | EngineClosed>
  readonly fork: (
    node: string,
    request?: ResubmitRequest
  ) => Effect.Effect<EffectRun<O, E>, AgainError | RunExists | EngineClosed>
  readonly delete: (
    options?: { readonly force?: boolean }
  ) => Effect.Effect<void, CommandError | EngineClosed | JournalError>
}

/** The handle on a run. */
export const effectRun = <O, E>(engine: Engine, { id, key }: RunRow): EffectRun<O, E> => ({
  id,
  result: result(engine, key) as EffectRun<O, E>["result"],
  ending: ending(engine, key),
  events: (after) => Stream.fromAsyncIterable(events(engine, key, after), (error) => error).pipe(Stream.orDie),
  nodes: (options) => nodes(engine, key, options),
  logs: (node) => logs(engine, key, node),
  definition: () => definition(engine, engine.host.journal.getRun(key)!),
  why: (node) => why(engine, engine.host.journal.getRun(key)!, node),
  status: () => engine.host.journal.getRun(key),
  stop: (message) => command(engine, id, "stop", message === undefined ? {} : { message }),
  terminate: (message) => command(engine, id, "terminate", message === undefined ? {} : { message }),
  suspend: command(engine, id, "suspend"),
  resume: command(engine, id, "resume"),
  signal: (node, value = null) => signal(engine, id, node, value),
  planRetry: (request = {}) => planRetry(engine, id, request),
  retry: (request = {}) => retry(engine, id, request),
  resubmit: (request = {}) => Effect.map(resubmit(engine, id, request), (row) => effectRun<O, E>(engine, row)),
  fork: (node, request = {}) => Effect.map(fork(engine, id, node, request), (row) => effectRun<O, E>(engine, row)),
  delete: (options) => remove(engine, id, options)
})
