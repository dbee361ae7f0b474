/**
 * Resource templates: workflows that are created and waited for, and what is done to other objects that are known here.
 */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import type { Template } from "../../document/Manifest.ts"
import { changed } from "./objects/changed.ts"
import { type JsonObject, type Target, targetOf } from "./objects/target.ts"
import { substituteAll, type Substitution } from "../../language/template/substitute.ts"
import { awaitRun } from "./awaitRun.ts"
import { runInCluster } from "./cluster.ts"
import { type Frame, substitution } from "../../compile/Frame.ts"
import { limited } from "../../compile/limited.ts"
import { lookUp } from "./lookUp.ts"
import { concluded, refused } from "./end.ts"
import { statusOf } from "./workflowObject.ts"
import type { NodeResult, ObjectChange } from "../../values/Result.ts"

/**
 * Does what the template asks for inside its node. Every refusal
 * is a failure of the process that would do it in a cluster.
 */
export const runResource = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const how = substitution(frame)
    const template = substituteAll(frame.template, how)
    try {
      const target = targetOf(template.resource ?? {}, frame.session.parts.capabilities.kubectl === true)
      if (target === undefined) return limited(template, runInCluster(frame, live, template, how))
      const looked = target.name === "" ? Effect.succeed(undefined) : lookUp(frame, live, target.kind, target.name)
      return Effect.matchEffect(looked, {
        onFailure: (error) => Effect.succeed(refused(error)),
        onSuccess: (found) => worked(frame, live, template, how, { target, found })
      })
    } catch (error) {
      return Effect.succeed(refused(error))
    }
  })

const worked = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  how: Substitution,
  meant: Meant
): Effect.Effect<NodeResult> => {
  try {
    const creates = meant.target.kind === "Workflow" && isNew(template, meant.found)
    return limited(template, (creates ? created : acted)(frame, live, template, how, meant))
  } catch (error) {
    return Effect.succeed(refused(error))
  }
}

interface Meant {
  readonly target: Target
  readonly found: JsonObject | undefined
}

const isNew = ({ resource }: Template, found: JsonObject | undefined): boolean =>
  found === undefined && (resource?.action === "create" || resource?.action === "apply")

/** A workflow is created by running it, and known from its end on. */
const created = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  how: Substitution,
  { target: { body } }: Meant
): Effect.Effect<NodeResult> => {
  const { session, place } = frame
  return Effect.flatMap(session.parts.nested(session, live, place.name, JSON.stringify(body)), (nested) => {
    const object = statusOf(body, nested)
    return keeping(
      frame,
      { kind: "Workflow", name: nested.name, object },
      () => concluded(frame, live, template, object, how, nested.result.message)
    )
  })
}

const acted = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  how: Substitution,
  { found, target }: Meant
): Effect.Effect<NodeResult> => {
  const { kind, name } = target
  const action = template.resource?.action
  const { after, change } = changed(template.resource ?? {}, target, found)
  const end = () => concluded(frame, live, template, after ?? found ?? {}, how)
  if (action === "get" && kind === "Workflow" && isForeign(frame, name)) {
    return Effect.matchEffect(awaitRun(live, name, template.resource ?? {}), {
      onFailure: (error) => Effect.succeed(refused(error)),
      onSuccess: (object) => concluded(frame, live, template, object ?? {}, how)
    })
  }
  if (action === "get" || (action === "delete" && found === undefined)) return end()
  if (kind === "Workflow") mustBeOfThisRun(frame, name, action)
  return keeping(frame, change, end)
}

/** Whether a workflow is neither this one nor one that it created. */
const isForeign = ({ session }: Frame, name: string): boolean =>
  name !== session.parts.name && !session.objects.has(`Workflow/${name}`)

/** Other runs are changed by the command, where a person sees it. */
const mustBeOfThisRun = (frame: Frame, name: string, action = ""): void => {
  if (!isForeign(frame, name) && (name !== frame.session.parts.name || action !== "delete")) return
  throw new BadArgument(
    `Cannot ${action} the workflow "${name}" from within a run: use stop, terminate, suspend or delete`
  )
}

/** What was done holds for the rest of the run, also after a restart. */
const keeping = (
  { session, place: { path } }: Frame,
  change: ObjectChange,
  end: () => Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    session.change(path, change)
    return Effect.map(end(), (result) => ({ ...result, change }))
  })
