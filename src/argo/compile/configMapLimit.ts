/** Limits of semaphores in ConfigMaps. */
import { resolve } from "node:path"
import { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import { limitFromFile } from "../../lock/sources.ts"
import type { Limit, LimitSource } from "../../workflow/Semaphore.ts"
import { decode } from "../document/decode/decode.ts"
import type { KeySelector } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { wholeTextFault } from "../document/amounts.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { storedText } from "../values/arguments.ts"

/**
 * The limit under a key; read again whenever the file of the ConfigMap changes, when it is known. Throws BadArgument.
 */
export const configMapLimit = (ref: KeySelector, stores: ReadonlyArray<StoreDocument>): Limit => {
  const limit = numberAt(ref, stores)
  if (typeof limit !== "number") {
    throw new BadArgument(`Failed to acquire the synchronization lock: failed to get semaphore limit from ${limit.why}`)
  }
  const { path } = stores.find((it) => it.kind === "ConfigMap" && it.metadata.name === ref.name)!
  return path === undefined ? limit : limitFromManifest(resolve(path), ref)
}

const numberAt = (ref: KeySelector, stores: ReadonlyArray<StoreDocument>): number | { readonly why: string } => {
  const text = storedText("ConfigMap", ref, stores)
  const fault = text === undefined ? undefined : wholeTextFault(text, { least: 1 })
  if (text !== undefined && fault === undefined) return Number(text)
  const why = fault === undefined ? "there is no such key" : `it ${fault.what}, and it must be a whole number above 0`
  return { why: `ConfigMap ${ref.name}, key ${ref.key}: ${why}` }
}

/** A file that is missing or empty follows the rules of limits in files; what is in it must be a number above 0. */
const limitFromManifest = (path: string, ref: KeySelector): LimitSource => {
  const file = limitFromFile(path)
  const describe = `file ${path}, ConfigMap ${ref.name}, key ${ref.key}`
  return {
    ...file,
    describe,
    read: async () => {
      const { stores } = decode([{ name: path, text: String(await file.read()) }])
      const limit = numberAt(ref, stores)
      if (typeof limit === "number") return limit
      throw new LimitUnavailable({ reason: "NotANumber", message: `The limit cannot be read from ${limit.why}` })
    }
  }
}
