/** Resource templates: workflows that are created and waited for, and changes of ConfigMaps and Secrets. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Live.ts"
import type { Template } from "../Manifest.ts"
import { substituteAll, type Substitution } from "../template/substitute.ts"
import { type Frame, substitution } from "./Frame.ts"
import { limited } from "./limited.ts"
import { runInCluster } from "./clusterResource.ts"
import { concluded, refused } from "./resourceEnd.ts"
import { objectOf, statusOf } from "./resourceObject.ts"
import type { NodeResult } from "./Result.ts"
import { changeStore, type StoreObject, storeObject } from "./storeChange.ts"

/** Does what the template asks for inside its node. Every refusal is a failure of the process that would do it in a cluster. */
export const runResource = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const how = substitution(frame)
    const template = substituteAll(frame.template, how)
    try {
      const object = objectOf(template.resource ?? {}, frame.session.parts.means.kubectl === true)
      if (object === undefined) return limited(template, runInCluster(frame, live, template, how))
      if (object.kind !== "Workflow") return Effect.succeed(changed(frame, template, object, how))
      return limited(
        template,
        Effect.map(
          frame.session.parts.nested(frame.session, live, frame.place.name, JSON.stringify(object)),
          (nested) => concluded(template, statusOf(object, nested), how, nested.result.message)
        )
      )
    } catch (error) {
      return Effect.succeed(refused(error))
    }
  })

const changed = (
  { session }: Frame,
  template: Template,
  object: StoreObject,
  how: Substitution
): NodeResult => {
  const change = changeStore(session.parts.stores, template.resource?.action ?? "", object)
  const found = session.change(change)
  return { ...concluded(template, storeObject(change.store ?? found), how), change }
}
