/** What a template has of containers: a set, a daemon, or one container or script. */
import type * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { Frame } from "../../compile/Frame.ts"
import type { NodeResult } from "../../values/Result.ts"
import { runContainerSet } from "./containerSet.ts"
import { runDaemon } from "./daemon.ts"
import { runPod } from "./pod.ts"

/** Runs the containers of a template inside its node. */
export const runContainers = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> => {
  const { template } = frame
  if (template.containerSet !== undefined) return runContainerSet(frame, live)
  return template.daemon === true ? runDaemon(frame, live) : runPod(frame, live)
}
