/** What the actions of resource templates make of an object. Pure. */
import { BadArgument } from "../../../document/BadArgument.ts"
import type { Resource } from "../../../document/Manifest.ts"
import type { ObjectChange } from "../../../values/Result.ts"
import { patched } from "./patch.ts"
import { isStoreKind, storeOf } from "./storeObject.ts"
import { isObject, type JsonObject, type Target } from "./target.ts"

/**
 * The object afterwards, `undefined` once it is deleted, and what the
 * run keeps of it. Throws BadArgument when the action cannot be done.
 */
export const changed = (
  resource: Resource,
  target: Target,
  found: JsonObject | undefined
): { readonly after: JsonObject | undefined; readonly change: ObjectChange } => {
  const after = afterwards(resource, target, found)
  const { kind, name } = target
  const kept = after === undefined ? {} : isStoreKind(kind) ? { store: storeOf(kind, after) } : { object: after }
  return { after, change: { kind, name, ...kept } }
}

const afterwards = (
  { action, mergeStrategy = "strategic" }: Resource,
  { body, kind, name }: Target,
  found: JsonObject | undefined
): JsonObject | undefined => {
  if (action === "delete") return undefined
  if (action === "create" && found !== undefined) throw new BadArgument(`${kind} "${name}" already exists`)
  if (action === "create" || (action === "apply" && found === undefined)) return named(body, kind, name)
  if (found === undefined) throw new BadArgument(`${kind} "${name}" not found`)
  if (action === "get") return found
  if (action === "replace") return named(body, kind, name)
  if (action === "apply") return patched(found, body, "strategic")
  return patched(found, body, mergeStrategy)
}

const named = (body: unknown, kind: string, name: string): JsonObject => {
  if (isObject(body) && name !== "") return body
  throw new BadArgument(`The ${kind} has no name`)
}
