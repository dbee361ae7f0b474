/** What a template does inside its node. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Live.ts"
import { runContainerSet } from "./containerSet.ts"
import { runDaemon } from "./daemon.ts"
import { runDag } from "./dag.ts"
import { runData } from "./data.ts"
import { runHttp } from "./http.ts"
import { runPlugin } from "./plugin.ts"
import { runPod } from "./pod.ts"
import { runReplaced } from "./replaced.ts"
import { runResource } from "./resource.ts"
import type { NodeResult } from "./Result.ts"
import { runSteps } from "./steps.ts"
import { runSuspended } from "./suspended.ts"
import type { Frame } from "./Frame.ts"

/** Runs the body of a template, whatever its kind. */
export const runBody = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { session, template } = frame
    const name = template.name ?? ""
    const { replacements } = session.parts
    if (Object.hasOwn(replacements, name)) return runReplaced(frame, replacements[name]!)
    if (template.steps !== undefined) return runSteps(frame, live, runBody)
    if (template.dag !== undefined) return runDag(frame, live, runBody)
    if (template.suspend !== undefined) return runSuspended(frame, live)
    if (template.containerSet !== undefined) return runContainerSet(frame, live)
    if (template.http !== undefined) return runHttp(frame)
    if (template.plugin !== undefined) return runPlugin(frame)
    if (template.resource !== undefined) return runResource(frame, live)
    if (template.data !== undefined) return runData(frame)
    return template.daemon === true ? runDaemon(frame, live) : runPod(frame, live)
  })
