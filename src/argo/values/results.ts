/** What ended steps and tasks offer to those after them. */
import { instant } from "../../run/instant.ts"
import type { Template } from "../document/Manifest.ts"
import type { NodeResult, OutputParameter } from "./Result.ts"

/** A call with how it ended. */
export interface Ended {
  readonly result: NodeResult
  readonly id: string
}

/** The variables of one ended call under a prefix such as `steps.a`. */
export const resultVariables = (
  prefix: string,
  { id, result }: Ended,
  template: Template | undefined
): ReadonlyArray<readonly [string, string | null]> => {
  const outputs = withDefaults(result, template)
  const made: Array<readonly [string, string | null]> = [
    ["id", id],
    ["status", result.phase],
    ["startedAt", instant(result.startedAt ?? 0)],
    ["finishedAt", instant(result.finishedAt ?? 0)],
    ["ip", "127.0.0.1"],
    ["hostNodeName", "localhost"]
  ]
  if (neverRan(result)) made.push(...absentOutputs(template))
  if (outputs?.exitCode !== undefined) made.push(["exitCode", outputs.exitCode])
  if (outputs?.result !== undefined) made.push(["outputs.result", outputs.result])
  if (outputs?.parameters !== undefined) {
    made.push(["outputs.parameters", JSON.stringify(outputs.parameters.map(plain))])
  }
  for (const { name, value } of outputs?.parameters ?? []) made.push([`outputs.parameters.${name}`, value])
  for (const artifact of outputs?.artifacts ?? []) {
    made.push([`outputs.artifacts.${artifact.name}`, JSON.stringify(artifact)])
  }
  return made.map(([name, value]) => [`${prefix}.${name}`, value])
}

const plain = ({ name, value }: OutputParameter) => ({ name, value })

const neverRan = ({ phase }: NodeResult): boolean => phase === "Skipped" || phase === "Omitted"

/** What a node that never ran would have given: names that expressions read as nil. */
const absentOutputs = (template: Template | undefined): ReadonlyArray<readonly [string, null]> => [
  ["outputs.result", null],
  ...(template?.outputs?.parameters ?? []).map(({ name = "" }) => [`outputs.parameters.${name}`, null] as const),
  ...(template?.outputs?.artifacts ?? []).map(({ name = "" }) => [`outputs.artifacts.${name}`, null] as const)
]

/** Nodes that never ran give the defaults of their outputs. */
const withDefaults = (result: NodeResult, template: Template | undefined): NodeResult["outputs"] => {
  if (!neverRan(result)) return result.outputs
  const parameters = (template?.outputs?.parameters ?? []).flatMap(({ name = "", valueFrom }) =>
    valueFrom?.default === undefined ? [] : [{ name, value: valueFrom.default }]
  )
  return parameters.length === 0 ? {} : { parameters }
}

/**
 * The variables of a loop: those of the whole, and lists of what its
 * turns gave, in the order of the items; empty where none gave anything.
 */
export const loopVariables = (
  prefix: string,
  whole: Ended,
  turns: ReadonlyArray<NodeResult>
): ReadonlyArray<readonly [string, string | null]> => {
  const good = turns.filter(({ phase }) => phase === "Succeeded").map(({ outputs }) => outputs ?? {})
  const made = [...resultVariables(prefix, { ...whole, result: { ...whole.result, outputs: {} } }, undefined)]
  const results = good.flatMap(({ result }) => result ?? [])
  made.push([`${prefix}.outputs.result`, `[${results.map(jsonOr).join(",")}]`])
  const sets = good.map(({ parameters }) => parameters ?? [])
  const records = sets.filter((set) => set.length > 0).map((set) =>
    Object.fromEntries(set.map(({ name, value }) => [name, value]))
  )
  made.push([`${prefix}.outputs.parameters`, JSON.stringify(records)])
  for (const name of new Set(sets.flatMap((set) => set.map((it) => it.name)))) {
    const values = sets.flatMap((set) => set.find((it) => it.name === name)?.value ?? [])
    made.push([`${prefix}.outputs.parameters.${name}`, aggregate(values)])
  }
  return made
}

const jsonOr = (text: string): string => {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

/** A list of objects or lists nests as such; anything else is a list of strings. */
const aggregate = (values: ReadonlyArray<string>): string => {
  const nests = values.every((value) => /^\s*[[{]/.test(value) && jsonOr(value) === value)
  return nests ? `[${values.join(",")}]` : JSON.stringify(values)
}
