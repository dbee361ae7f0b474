/**
 * Pinnace for Effect apps: the engine as a service, provided by a layer that also gives Effect bodies their services.
 *
 * @module
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Engine } from "../engine/Engine.ts"
import { showMetrics } from "./effectMetrics.ts"
import { engineAt, type OpenError } from "./engineAt.ts"
import type { OpenOptions } from "./openOptions.ts"
import { engineService } from "./engineService.ts"
import { PinnaceEngine, type ServedWorkflow } from "./PinnaceEngine.ts"

/** Opens a state file for the lifetime of the layer; `R` are the services that Effect bodies of its workflows use. */
export const layer: LayerOf = <R, E, RIn>(path: string, options: OpenOptions<R, E, RIn> = {}) =>
  Layer.effect(
    PinnaceEngine.with<R>(),
    Effect.map(Effect.tap(engineAt(path, options), metricsShown), engineService<R>)
  )

/** What is counted is among the app's own metrics while the engine is open. */
const metricsShown = (engine: Engine): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<Scope.Scope>(), (services) =>
    Effect.asVoid(Effect.acquireRelease(
      Effect.sync(() => showMetrics(engine, services as Context.Context<never>)),
      (hide) => Effect.sync(hide)
    )))

/**
 * How `layer` is called: with a layer that gives the services
 * of bodies, or without, and then they are asked of the app.
 */
export interface LayerOf {
  <R, E, RIn>(
    path: string,
    options: OpenOptions<R, E, RIn> & { readonly layer: Layer.Layer<R, E, RIn> }
  ): Layer.Layer<PinnaceEngine<R>, OpenError | E, RIn>
  <R = never>(path: string, options?: LayerOptions<R>): Layer.Layer<PinnaceEngine<R>, OpenError, R>
}

/** Options of `layer` without a layer: what its workflows need is what it asks for. */
export interface LayerOptions<R = never> extends Omit<OpenOptions<R>, "layer" | "workflows"> {
  /** Workflows whose interrupted runs this process takes over at once. */
  readonly workflows?: ReadonlyArray<ServedWorkflow<R>>
}

export { CurrentActor } from "../engine/actor.ts"
export { PinnaceEngine } from "./PinnaceEngine.ts"
export type { GetRun, PinnaceEngineShape, ServedWorkflow, StartArguments, StartError } from "./PinnaceEngine.ts"
export type { AnySignal } from "../workflow/Signal.ts"
export type { OpenError } from "./engineAt.ts"
export type { OpenOptions } from "./openOptions.ts"
export type { AgainError, CommandError, CopyError, EffectRun, ReadError, SignalRun, SignalValue } from "./EffectRun.ts"
export type { FileError, TransferError } from "./transfer/transfer.ts"
export type { AskError } from "../engine/asked.ts"
