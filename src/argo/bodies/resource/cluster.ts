/** Resource templates about objects of a cluster. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { act, follow } from "./kubectl/kubectl.ts"
import type { Resource, Template } from "../../document/Manifest.ts"
import type { Substitution } from "../../language/template/substitute.ts"
import type { Frame } from "../../compile/Frame.ts"
import { fnv32a } from "../../compile/naming.ts"
import { parseCondition, type Requirement } from "./condition.ts"
import { concluded, refused } from "./end.ts"
import { type NodeResult, succeeded } from "../../values/Result.ts"

/** Lets kubectl do what the template says, waits until a condition holds, and reads the outputs from the object. */
export const runInCluster = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  how: Substitution
): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { resource = {} } = template
    const { removals, parts } = frame.session
    const directory = join(parts.directory, "nodes", `kubectl-${fnv32a(live.path)}`)
    const done = Effect.flatMap(act(resource, directory), (object) => settled(resource, object, directory))
    return Effect.matchEffect(done, {
      onSuccess: (object) =>
        object === undefined
          ? Effect.succeed(succeeded({ exitCode: "0" }))
          : concluded(frame, live, template, object, how),
      onFailure: (error) => Effect.succeed(refused(error))
    }).pipe(Effect.ensuring(removals.add([directory])))
  })

/** The object once a condition holds, or at once when there are none. */
const settled = (resource: Resource, object: unknown, directory: string) => {
  const [success, failure] = [resource.successCondition, resource.failureCondition].map((it) =>
    parseCondition(it ?? "")
  )
  const isOver = (now: unknown): boolean => success!.every(holding(now)) || failure!.some(holding(now))
  if (object === undefined || success!.length + failure!.length === 0 || isOver(object)) return Effect.succeed(object)
  return follow(object, directory, (now) => isOver(now) ? now : undefined)
}

const holding = (object: unknown) => ({ isTrue }: Requirement): boolean => isTrue(object)
