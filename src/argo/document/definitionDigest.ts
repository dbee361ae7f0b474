/** The digest of what files mean: not of how they are written, and not of the values of Secrets. */
import { createHash, type Hash } from "node:crypto"
import type { Bundle, Located } from "./decode/decode.ts"
import type { WorkflowDocument } from "./Manifest.ts"

/** What a definition is made of. */
export interface DefinitionParts {
  readonly workflows: ReadonlyArray<Located<WorkflowDocument>>
  readonly stores: Bundle["stores"]
  readonly plugins: Bundle["plugins"]
  /** How it is entered, where that is not what the manifest says. */
  readonly entrypoint: string | undefined
}

/** The same for the same meaning. The first workflow is the one that is run. */
export const definitionDigest = ({ entrypoint, plugins, stores, workflows }: DefinitionParts): string => {
  const hash = createHash("sha256")
  feed(hash, ["manifest/1", entrypoint ?? null])
  for (const { document } of workflows) feed(hash, document)
  for (const store of stores) feed(hash, store.kind === "Secret" ? withoutValues(store) : { ...store, path: undefined })
  for (const plugin of plugins) feed(hash, plugin)
  return hash.digest("hex").slice(0, 32)
}

const withoutValues = ({ data, kind, metadata: { name, namespace } }: Bundle["stores"][number]): object => ({
  kind,
  name,
  namespace,
  keys: Object.keys(data).sort()
})

/** Piece by piece: with aliases followed, a value can be far larger than its file. */
const feed = (hash: Hash, value: unknown): void => {
  if (typeof value !== "object" || value === null) return void hash.update(`${JSON.stringify(value) ?? "null"},`)
  if (Array.isArray(value)) {
    hash.update("[")
    for (const item of value) feed(hash, item)
    return void hash.update("]")
  }
  hash.update("{")
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)) {
    if (item === undefined) continue
    hash.update(`${JSON.stringify(name)}:`)
    feed(hash, item)
  }
  hash.update("}")
}
