/** Opens a state file and an engine on it. Loaded by `open` when it is first called. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { engineAt } from "./engineAt.ts"
import type { OpenOptions } from "./openOptions.ts"
import { Pinnace } from "./Pinnace.ts"
import { running } from "./running.ts"

/** How `open` is called: with a layer that gives the services of bodies, or without when there are none. */
export interface Open {
  <R, E>(path: string, options: OpenOptions<R, E> & { readonly layer: Layer.Layer<R, E> }): Promise<Pinnace<R>>
  <R = never>(path: string, options?: OpenOptions<R>): Promise<Pinnace<R>>
}

/**
 * Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted.
 */
export const openEngine: Open = async <R, E>(path: string, options: OpenOptions<R, E> = {}) => {
  const scope = Scope.makeUnsafe()
  const { promise } = running(Context.empty())
  const close = () => promise(Scope.close(scope, Exit.void))
  try {
    return new Pinnace<R>(await promise(Effect.provideService(engineAt(path, options), Scope.Scope, scope)), close)
  } catch (error) {
    await close()
    throw error
  }
}
