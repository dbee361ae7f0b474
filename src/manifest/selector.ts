/** Field selectors of nodes: `displayName=a,phase!=Failed`. */
import type { ManifestNode } from "./view.ts"

/** Whether a node is meant. */
export type Selector = (node: ManifestNode) => boolean

/** A selector that cannot be read. */
export class BadSelector extends Error {
  override readonly name: "BadSelector" = "BadSelector"
}

/** Reads a selector; all its terms must hold. Throws BadSelector. */
export const parseSelector = (text: string): Selector => {
  const terms = text.split(",").filter((it) => it.trim() !== "").map(termOf)
  return (node) => terms.every((term) => term(node))
}

const termOf = (text: string): Selector => {
  const found = /^\s*([\w.-]+)\s*(!=|==|=)\s*(.*?)\s*$/.exec(text)
  if (found === null) throw new BadSelector(`Cannot read the selector "${text}": write field=value or field!=value`)
  const [, field = "", operator, value] = found
  fieldOf(field)
  return (node) => (read(field, node) === value) === (operator !== "!=")
}

const fields = ["id", "name", "displayName", "templateName", "phase"] as const
const parameter = /^inputs\.parameters\.(.+)\.value$/

const fieldOf = (field: string): void => {
  if (fields.some((it) => it === field) || parameter.test(field)) return
  throw new BadSelector(
    `Unknown field "${field}" in a selector: known are ${fields.join(", ")}, inputs.parameters.NAME.value`
  )
}

const read = (field: string, node: ManifestNode): string | undefined => {
  const name = parameter.exec(field)?.[1]
  if (name !== undefined) return node.inputs.parameters?.find((it) => it.name === name)?.value
  return node[field as typeof fields[number]]
}
