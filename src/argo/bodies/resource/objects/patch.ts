/**
 * Patches of objects: JSON Patch (RFC 6902), merge patch (RFC 7386), and
 * Kubernetes' strategic merge of lists whose items have names. Pure.
 */
import { BadArgument } from "../../../document/BadArgument.ts"
import { isObject, type JsonObject } from "./target.ts"

/** The object after a patch. Throws BadArgument for one that cannot be applied. */
export const patched = (object: JsonObject, patch: unknown, strategy: string): JsonObject => {
  if (strategy === "json") return jsonPatched(object, patch)
  if (strategy !== "merge" && strategy !== "strategic") {
    throw new BadArgument(`mergeStrategy "${strategy}" is none of strategic, merge, json`)
  }
  if (!isObject(patch)) throw new BadArgument("The patch is not a map")
  return merged(object, patch, strategy === "strategic") as JsonObject
}

const merged = (base: unknown, patch: unknown, isStrategic: boolean): unknown => {
  if (isStrategic && isNamedList(patch) && (base === undefined || isNamedList(base))) {
    return mergedList(base ?? [], patch)
  }
  if (!isObject(patch)) return patch
  if (isStrategic && patch["$patch"] === "replace") return without(patch, "$patch")
  const made: Record<string, unknown> = isObject(base) ? { ...base } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete made[key]
    else made[key] = merged(made[key], value, isStrategic)
  }
  return made
}

type Named = JsonObject & { readonly name: string }

const isNamedList = (value: unknown): value is ReadonlyArray<Named> =>
  Array.isArray(value) && value.length > 0 && value.every((it) => isObject(it) && typeof it["name"] === "string")

const mergedList = (base: ReadonlyArray<Named>, patch: ReadonlyArray<Named>): ReadonlyArray<unknown> => {
  const made = new Map<string, unknown>(base.map((it) => [it.name, it]))
  for (const item of patch) {
    if (item["$patch"] === "delete") made.delete(item.name)
    else made.set(item.name, merged(made.get(item.name), item, true))
  }
  return [...made.values()]
}

const without = ({ ["$patch"]: _, ...rest }: JsonObject, _key: "$patch"): JsonObject => rest

interface Operation {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: unknown
}

const jsonPatched = (object: JsonObject, patch: unknown): JsonObject => {
  if (!Array.isArray(patch)) throw new BadArgument("A JSON patch is a list of operations")
  const root = { "": structuredClone(object) as unknown }
  for (const operation of patch as ReadonlyArray<Operation>) apply(root, isObject(operation) ? operation : {})
  if (!isObject(root[""])) throw new BadArgument("The patch leaves no object")
  return root[""]
}

const apply = (root: { "": unknown }, { from, op, path, value }: Operation): void => {
  switch (op) {
    case "add":
      return put(root, path, structuredClone(value))
    case "remove":
      return void take(root, path)
    case "replace":
      take(root, path)
      return put(root, path, structuredClone(value))
    case "move":
      return put(root, path, take(root, from))
    case "copy":
      return put(root, path, structuredClone(valueAt(root, from)))
    case "test":
      if (JSON.stringify(sorted(valueAt(root, path))) === JSON.stringify(sorted(value))) return
      throw new BadArgument(`The patch's test of "${path}" does not hold`)
    default:
      throw new BadArgument(`The patch has an operation "${op}": choose add, remove, replace, move, copy or test`)
  }
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : isObject(value)
    ? Object.fromEntries(Object.keys(value).toSorted().map((key) => [key, sorted(value[key])]))
    : value

const stepsOf = (path: unknown): ReadonlyArray<string> => {
  if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) {
    throw new BadArgument(`The patch names no place: "${path}" has to begin with /`)
  }
  return path.split("/").map((it) => it.replaceAll("~1", "/").replaceAll("~0", "~"))
}

type Holder = Record<string, unknown> | Array<unknown>

/** What holds the last step of a path, and the step. */
const holderOf = (root: { "": unknown }, path: unknown): readonly [Holder, string] => {
  const steps = stepsOf(path)
  const holder = steps.slice(0, -1).reduce<unknown>((at, step) => member(at, step), root)
  if (Array.isArray(holder) || isObject(holder)) return [holder as Holder, steps.at(-1)!]
  throw new BadArgument(`The patch's path "${path}" leads nowhere`)
}

const member = (at: unknown, step: string): unknown =>
  Array.isArray(at) ? at[Number(step)] : isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined

const valueAt = (root: { "": unknown }, path: unknown): unknown => {
  const [holder, step] = holderOf(root, path)
  const found = member(holder, step)
  if (found === undefined) throw new BadArgument(`The patch's path "${path}" leads nowhere`)
  return found
}

const put = (root: { "": unknown }, path: unknown, value: unknown): void => {
  const [holder, step] = holderOf(root, path)
  if (!Array.isArray(holder)) {
    Object.defineProperty(holder, step, { value, writable: true, enumerable: true, configurable: true })
    return
  }
  const at = step === "-" ? holder.length : Number(step)
  if (!Number.isInteger(at) || at < 0 || at > holder.length) {
    throw new BadArgument(`The patch's path "${path}" leads nowhere`)
  }
  holder.splice(at, 0, value)
}

const take = (root: { "": unknown }, path: unknown): unknown => {
  const found = valueAt(root, path)
  const [holder, step] = holderOf(root, path)
  if (Array.isArray(holder)) holder.splice(Number(step), 1)
  else delete holder[step]
  return found
}
