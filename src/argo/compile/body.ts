/** What a template does inside its node. */
import * as Effect from "effect/Effect"
import { type LiveNode, rehearsalOf } from "../../engine/Interpreter.ts"
import { runContainers } from "../bodies/pod/containers.ts"
import { runDag } from "./dag.ts"
import { limited } from "./limited.ts"
import { runData } from "../bodies/data.ts"
import { runHttp } from "../bodies/http.ts"
import { runPlugin } from "../bodies/plugin/template.ts"
import { runReplaced } from "../bodies/replaced.ts"
import { runResource } from "../bodies/resource/resource.ts"
import type { NodeResult } from "../values/Result.ts"
import { runSteps } from "./steps.ts"
import { runSuspended } from "../bodies/suspend.ts"
import type { Frame } from "./Frame.ts"

/** Runs the body of a template, whatever its kind. */
export const runBody = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { session, template } = frame
    const name = template.name ?? ""
    const { replacements } = session.parts
    const isReplaced = Object.hasOwn(replacements, name)
    if (!isReplaced && template.steps !== undefined) return runSteps(frame, live, runBody)
    if (!isReplaced && template.dag !== undefined) return runDag(frame, live, runBody)
    if (rehearsalOf(live) !== undefined) return Effect.never
    if (isReplaced) return limited(template, runReplaced(frame, replacements[name]!))
    if (template.suspend !== undefined) return runSuspended(frame, live)
    if (template.http !== undefined) return runHttp(frame)
    if (template.plugin !== undefined) return runPlugin(frame)
    if (template.resource !== undefined) return runResource(frame, live)
    if (template.data !== undefined) return runData(frame)
    return runContainers(frame, live)
  })
