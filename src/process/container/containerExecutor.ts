/** Runs commands in containers of an engine, each from its own image, on the network of the host. */
import * as Effect from "effect/Effect"
import type { Executor } from "../Executor.ts"
import { Groups } from "../group/Groups.ts"
import { ContainerWorkspace } from "./ContainerWorkspace.ts"
import type { EngineName } from "./Engine.ts"
import { removalCommand, removeLeftovers } from "./leftovers.ts"
import { makeOwner } from "./owner.ts"

/** Makes the executor. What killed processes left behind is removed before its first container is started. */
export const containerExecutor = (engine: EngineName): Executor => {
  const owner = makeOwner()
  const groups = new Groups({ last: removalCommand(engine, owner) })
  let removal: Promise<void> | undefined
  const ready = Effect.promise(() => removal ??= Effect.runPromise(removeLeftovers(engine)))
  const host = { init: true, engine, owner, groups, ready }
  return {
    name: engine,
    open: (directory, mounts) => new ContainerWorkspace(directory, mounts, host),
    close: () => groups.close()
  }
}
