/** Values of Secrets among the files. */
import type { KeySelector } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { BadArgument } from "../document/BadArgument.ts"

/** The value that a selector names, or `undefined`. */
export const secretOf = (ref: KeySelector | undefined, stores: ReadonlyArray<StoreDocument>): string | undefined => {
  const found = stores.find((it) => it.kind === "Secret" && it.metadata.name === ref?.name)
  return found !== undefined && Object.hasOwn(found.data, ref?.key ?? "") ? found.data[ref?.key ?? ""] : undefined
}

/** The value that a selector names; `undefined` when there is no selector. Throws BadArgument when it is not there. */
export const neededSecret = (
  ref: KeySelector | undefined,
  stores: ReadonlyArray<StoreDocument>
): string | undefined => {
  const value = secretOf(ref, stores)
  if (ref === undefined || value !== undefined || ref.optional === true) return value
  throw new BadArgument(`The Secret "${ref.name}" with the key "${ref.key}" is not in the given files`)
}
