/** Field selectors of nodes: `displayName=a,phase!=Failed`. */
import { fieldsMatch, fieldTerms, mustKnow } from "../../run/select/fieldSelector.ts"
import type { ManifestNode } from "../view.ts"

/** Whether a node is meant. */
export type Selector = (node: Selectable) => boolean

/** What a selector looks at. */
export type Selectable = Pick<ManifestNode, typeof fields[number] | "inputs" | "templateRef">

const fields = ["id", "name", "displayName", "templateName", "phase"] as const
const references = ["templateRef.name", "templateRef.template"] as const
const parameter = /^inputs\.parameters\.(.+)\.value$/

/** Reads a selector; all its terms must hold. Throws BadSelector. */
export const parseSelector = (text: string): Selector => {
  const terms = fieldTerms(text)
  const named: ReadonlyArray<string> = [...fields, ...references]
  mustKnow(terms, (it) => named.includes(it) || parameter.test(it), [...named, "inputs.parameters.NAME.value"])
  return (node) => fieldsMatch(terms, (field) => read(field, node))
}

const read = (field: string, node: Selectable): string | undefined => {
  const name = parameter.exec(field)?.[1]
  if (name !== undefined) return node.inputs.parameters?.find((it) => it.name === name)?.value
  if (field === "templateRef.name") return node.templateRef?.name
  if (field === "templateRef.template") return node.templateRef?.template
  return node[field as typeof fields[number]]
}
