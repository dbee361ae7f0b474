/**
 * Argo's names and ids of nodes. Ids are for show: they are short hashes and may collide; identity inside is the path.
 */
import { isNumberText, textOf } from "../language/expr/numberText.ts"

const bytes = new TextEncoder()

/** 32-bit FNV-1a. */
export const fnv32a = (text: string): number => {
  let hash = 0x811c9dc5
  for (const byte of bytes.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** Argo's name of a run: the manifest's, else the run's id where it begins as it has to, else one made from the id. */
export const runName = (metadata: { readonly name?: string; readonly generateName?: string }, id: string): string => {
  const { generateName = "workflow-", name } = metadata
  if (name !== undefined) return name
  return id.startsWith(generateName) ? id : `${generateName}${fnv32a(id).toString(36).padStart(5, "0").slice(-5)}`
}

/** The id of a node by its full name. */
export const nodeId = (workflow: string, name: string): string =>
  name === workflow ? workflow : `${workflow}-${fnv32a(name)}`

/** The name a pod of this node would have. */
export const podName = (workflow: string, name: string, template: string): string => {
  if (name === workflow) return workflow
  const prefix = template === "" ? workflow : `${workflow}-${template}`
  return `${prefix.slice(0, 242)}-${fnv32a(name)}`
}

/** A full name without the name of what it lies in. */
export const displayName = (name: string, boundary: string): string =>
  name.startsWith(boundary) && name !== boundary ? name.slice(boundary.length).replace(/^\[\d+\]\.|^\./, "") : name

/** How an item of a loop is written in a node's name. */
export const itemName = (item: unknown): string => {
  const text = typeof item === "object" && item !== null && !isNumberText(item)
    ? Array.isArray(item)
      ? JSON.stringify(item)
      : Object.keys(item).toSorted().map((key) => `${key}:${textOf((item as Record<string, unknown>)[key])}`).join(",")
    : textOf(item)
  return text.replace(/[()]/g, "")
}
