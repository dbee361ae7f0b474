/** ConfigMaps and Secrets as the objects that resource templates see, and back. Pure. */
import { Buffer } from "node:buffer"
import type { Metadata, StoreDocument } from "../../../document/Manifest.ts"
import { isObject, type JsonObject } from "./target.ts"

/** Whether objects of a kind are stores. */
export const isStoreKind = (kind: string): kind is StoreDocument["kind"] => kind === "ConfigMap" || kind === "Secret"

/** A stored object as conditions, patches and outputs look at it. */
export const storeObject = ({ data, kind, metadata }: StoreDocument): JsonObject => ({
  apiVersion: "v1",
  kind,
  metadata: { namespace: "default", ...metadata },
  data: kind === "Secret"
    ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]))
    : data
})

/** Such an object as it is stored. */
export const storeOf = (kind: StoreDocument["kind"], object: JsonObject): StoreDocument => {
  const { data, metadata, stringData } = object
  const texts = Object.entries(isObject(data) ? data : {}).map(([key, value]) =>
    [key, kind === "Secret" ? Buffer.from(String(value), "base64").toString("utf8") : String(value)] as const
  )
  const plain = Object.entries(isObject(stringData) ? stringData : {}).map(([key, value]) => [key, String(value)])
  return {
    kind,
    metadata: (isObject(metadata) ? metadata : {}) as Metadata,
    data: Object.fromEntries([...texts, ...plain])
  }
}
