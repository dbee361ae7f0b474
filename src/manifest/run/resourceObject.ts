/** The object that a resource template is about. */
import { parse } from "yaml"
import { kubectlActions } from "../kubectl/kubectlArguments.ts"
import type { Resource } from "../Manifest.ts"
import { actionsOf } from "../resourceKinds.ts"
import { BadArgument } from "../BadArgument.ts"
import type { NestedEnd } from "./NestedEnd.ts"
import type { StoreObject } from "./storeChange.ts"

/** Reads it from the manifest; `undefined` for one that kubectl takes care of. Throws BadArgument when nothing can be done with it. */
export const objectOf = ({ action = "", manifest = "" }: Resource, hasKubectl: boolean): StoreObject | undefined => {
  const object: unknown = parse(manifest, { logLevel: "error" })
  const kind = typeof object === "object" && object !== null && "kind" in object ? String(object.kind) : ""
  const actions = actionsOf[kind]
  if (actions === undefined && hasKubectl && kubectlActions.includes(action)) return undefined
  if (actions === undefined) throw new BadArgument(`Objects of kind "${kind}" need a cluster: use --kubectl`)
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
