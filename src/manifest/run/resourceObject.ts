/** The object that a resource template is about. */
import { parse } from "yaml"
import type { Resource } from "../Manifest.ts"
import { actionsOf } from "../resourceKinds.ts"
import { BadArgument } from "../BadArgument.ts"
import type { NestedEnd } from "./NestedEnd.ts"
import type { StoreObject } from "./storeChange.ts"

/** Reads it from the manifest. Throws BadArgument when nothing can be done with it here. */
export const objectOf = ({ action = "", manifest = "" }: Resource): StoreObject => {
  const object: unknown = parse(manifest, { logLevel: "error" })
  const kind = typeof object === "object" && object !== null && "kind" in object ? String(object.kind) : ""
  const actions = actionsOf[kind]
  if (actions === undefined) throw new BadArgument(`Objects of kind "${kind}" need a cluster`)
  if (!actions.includes(action)) throw new BadArgument(`A ${kind} knows no action "${action}" here`)
  return object as StoreObject
}

/** The object of a workflow that has ended, as far as conditions and outputs look at it. */
export const statusOf = (object: StoreObject, { name, result, submission }: NestedEnd): unknown => ({
  ...object,
  metadata: { namespace: "default", ...submission.owner.document.metadata, name },
  status: {
    phase: result.phase,
    ...(result.message === undefined ? {} : { message: result.message }),
    outputs: { parameters: result.outputs?.parameters ?? [] },
    startedAt: new Date(result.startedAt ?? 0).toISOString(),
    finishedAt: new Date(result.finishedAt ?? 0).toISOString()
  }
})
