/** Changes of ConfigMaps and Secrets by resource templates; the rest of the run sees them, the files of the manifests stay as they are. Pure. */
import { Buffer } from "node:buffer"
import type { Metadata, StoreDocument } from "../Manifest.ts"
import { BadArgument } from "../BadArgument.ts"
import type { StoreChange } from "./Result.ts"

/** An object as a manifest writes it. */
export interface StoreObject {
  readonly kind: string
  readonly metadata?: Metadata
  readonly data?: Readonly<Record<string, unknown>>
  readonly stringData?: Readonly<Record<string, unknown>>
}

/** What an action does. Throws BadArgument when it cannot be done. */
export const changeStore = (
  stores: ReadonlyArray<StoreDocument>,
  action: string,
  object: StoreObject
): StoreChange => {
  const kind = object.kind as StoreDocument["kind"]
  const name = object.metadata?.name ?? ""
  if (name === "") throw new BadArgument(`The ${kind} has no name`)
  const found = stores.find((it) => it.kind === kind && it.metadata.name === name)
  if (action === "create" && found !== undefined) throw new BadArgument(`${kind} "${name}" already exists`)
  if (action !== "create" && action !== "apply" && found === undefined) {
    throw new BadArgument(`${kind} "${name}" not found`)
  }
  if (action === "get") return { kind, name, store: found! }
  if (action === "delete") return { kind, name }
  const kept = action === "patch" || action === "apply" ? found : undefined
  const data = { ...kept?.data, ...dataOf(object) }
  return { kind, name, store: { kind, metadata: { ...kept?.metadata, ...object.metadata }, data } }
}

const dataOf = ({ data = {}, kind, stringData = {} }: StoreObject): Readonly<Record<string, string>> => {
  const texts = Object.entries(data).map(([key, value]) =>
    [key, kind === "Secret" ? Buffer.from(String(value), "base64").toString("utf8") : String(value)] as const
  )
  return Object.fromEntries([...texts, ...Object.entries(stringData).map(([key, value]) => [key, String(value)])])
}

/** A stored object as conditions and outputs look at it. */
export const storeObject = (store: StoreDocument | undefined): unknown =>
  store === undefined ? {} : ({
    apiVersion: "v1",
    kind: store.kind,
    metadata: { namespace: "default", ...store.metadata },
    data: store.kind === "Secret"
      ? Object.fromEntries(
        Object.entries(store.data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])
      )
      : store.data
  })
