/**
 * Pinnace for Effect apps: the engine as a service, provided by a layer that also gives Effect bodies their services.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { engineAt, type OpenError } from "./engineAt.ts"
import type { OpenOptions } from "./openOptions.ts"
import { engineService } from "./engineService.ts"
import { PinnaceEngine, type ServedWorkflow } from "./PinnaceEngine.ts"

/** Opens a state file for the lifetime of the layer; `R` are the services that Effect bodies of its workflows use. */
export const layer: LayerOf = <R, E, RIn>(path: string, options: OpenOptions<R, E, RIn> = {}) =>
  Layer.effect(PinnaceEngine.with<R>(), Effect.map(engineAt(path, options), engineService<R>))

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

export { PinnaceEngine } from "./PinnaceEngine.ts"
export type { GetRun, PinnaceEngineShape, ServedWorkflow, StartArguments, StartError } from "./PinnaceEngine.ts"
export type { OpenError } from "./engineAt.ts"
export type { OpenOptions } from "./openOptions.ts"
export type {
  AgainError,
  AnySignal,
  CommandError,
  CopyError,
  EffectRun,
  ReadError,
  SignalRun,
  SignalValue
} from "./EffectRun.ts"
export type { FileError, TransferError } from "./transfer/transfer.ts"
export type { AskError } from "../engine/asked.ts"
