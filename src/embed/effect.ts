// deno-lint-ignore-file no-explicit-any -- erased types meet typed ones here
/**
 * Pinnace for Effect apps: the same engine as a service, provided by a layer that also gives Effect bodies their services.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { register } from "../engine/life/attach.ts"
import type { InvalidInput, RunExists } from "../engine/EngineError.ts"
import type { EngineClosed } from "../engine/EngineError.ts"
import { start, type StartOptions } from "../engine/life/start.ts"
import { list, type RunFilter } from "../engine/observe/list.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { Turn } from "../journal/Turn.ts"
import type { RunRow } from "../run/State.ts"
import { openSqlite } from "../sqlite/openSqlite.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { type EffectRun, effectRun } from "./EffectRun.ts"
import { makeEngine } from "./makeEngine.ts"
import { admitOpen, type OpenOptions } from "./openOptions.ts"

/** The engine as a service. */
export interface PinnaceEngineShape {
  /** Starts a run; succeeds once it is durable. */
  readonly start: <I, O, E>(
    workflow: Runnable<I, O, E, any> & { readonly _tag: "Workflow" },
    input: I,
    options?: StartOptions
  ) => Effect.Effect<EffectRun<O, E>, InvalidInput | RunExists | EngineClosed | JournalError>
  /** A handle on a run by id, or `undefined`. */
  readonly get: (id: string) => EffectRun | undefined
  /** Runs, newest first. */
  readonly list: (filter?: RunFilter) => ReadonlyArray<RunRow>
}

/** The engine of an Effect app. */
export class PinnaceEngine
  extends Context.Service<PinnaceEngine, PinnaceEngineShape>()("pinnace/embed/PinnaceEngine") {}

/** Options of `layer`; the layer's own requirements are the services that bodies get. */
export type LayerOptions<R = never> = Omit<OpenOptions<R>, "layer">

/** Opens a state file for the lifetime of the layer; `R` are the services that Effect bodies of its workflows use. */
export const layer = <R = never>(
  path: string,
  options: LayerOptions<R> = {}
): Layer.Layer<PinnaceEngine, JournalError, R> => Layer.effect(PinnaceEngine, make<R>(path, options))

const make = <R>(path: string, given: LayerOptions<R>) =>
  Effect.gen(function* () {
    const options = admitOpen<never>(path, given as OpenOptions)
    const services = (yield* Effect.context<R>()) as Context.Context<never>
    const engine = yield* Effect.acquireRelease(
      Effect.try({
        try: () =>
          makeEngine(
            openSqlite(path, {
              ...(options.durability === undefined ? {} : { durability: options.durability }),
              turn: Context.get(services, Turn),
              readOnly: options.readOnly === true
            }),
            services,
            options,
            {
              file: path === ":memory:" ? undefined : path,
              durability: options.durability,
              readOnly: options.readOnly === true
            }
          ),
        catch: (error) => error as JournalError
      }),
      (opened) => opened.close
    )
    register(engine, (options.workflows ?? []) as unknown as ReadonlyArray<AnyWorkflow>)
    return PinnaceEngine.of({
      start: (workflow, input, startOptions) =>
        Effect.map(start(engine, workflow as unknown as AnyWorkflow, input, startOptions), (row) =>
          effectRun(engine, row)),
      get: (id) => {
        const row = engine.host.journal.findRun(id)
        return row === undefined ? undefined : effectRun(engine, row)
      },
      list: (filter = {}) =>
        list(engine, filter)
    })
  })

export type { EffectRun } from "./EffectRun.ts"
