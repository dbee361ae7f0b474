/** Runs commands in containers of an engine, each from its own image, on the network of the host. */
import * as Effect from "effect/Effect"
import type { Executor } from "../Executor.ts"
import { Guardian } from "../Guardian.ts"
import { ContainerWorkspace } from "./ContainerWorkspace.ts"
import type { EngineName } from "./Engine.ts"
import { removalCommand, removeLeftovers } from "./leftovers.ts"
import { makeOwner } from "./owner.ts"

/** Makes the executor. What killed processes left behind is removed before its first container is started. */
export const containerExecutor = (engine: EngineName): Executor => {
  const owner = makeOwner()
  const guardian = new Guardian(removalCommand(engine, owner))
  let removal: Promise<void> | undefined
  const ready = Effect.promise(() => removal ??= Effect.runPromise(removeLeftovers(engine)))
  const host = { init: true, engine, owner, guardian, ready }
  return {
    name: engine,
    open: (directory, mounts) => new ContainerWorkspace(directory, mounts, host),
    close: () => guardian.close()
  }
}
