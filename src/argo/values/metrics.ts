/** The metrics of a workflow or template as values, by Argo's rules. Pure. */
import type { EmittedMetric } from "../../run/Event.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { MetricSpec } from "../document/Manifest.ts"
import { substituteAll, type Substitution } from "../language/template/substitute.ts"
import { isTrue } from "../language/when/when.ts"
import type { NodeResult } from "./Result.ts"

/** What the texts of metrics of a node can read besides its inputs and what is known everywhere. */
export const measured = (
  { finishedAt = 0, outputs, phase, startedAt = 0 }: Omit<NodeResult, "phase"> & { readonly phase: string }
): ReadonlyArray<readonly [string, string]> => [
  ["status", phase],
  ["duration", (Math.max(0, finishedAt - startedAt) / 1_000).toFixed(6)],
  ["resourcesDuration.cpu", "0"],
  ["resourcesDuration.memory", "0"],
  ...(outputs?.result === undefined ? [] : [["outputs.result", outputs.result] as const]),
  ...(outputs?.exitCode === undefined ? [] : [["exitCode", outputs.exitCode] as const]),
  ...(outputs?.parameters ?? []).map(({ name, value }) => [`outputs.parameters.${name}`, value] as const)
]

/** A metric as it is emitted; nothing where its condition does not hold. Throws when it cannot be. */
export const emittedMetric = (spec: MetricSpec, how: Substitution): EmittedMetric | undefined => {
  if ((spec.help ?? "") === "") throw new BadArgument(`metric '${spec.name}' must contain a help string`)
  const missing = how.variables.get("exitCode") === undefined && /\{\{\s*exitCode\s*\}\}/.test(JSON.stringify(spec))
  if (missing) throw new BadArgument("failed to resolve {{exitCode}}")
  const filled = substituteAll(spec, how)
  if (!isTrue(filled.when ?? "")) return undefined
  const { help = "", name = "" } = filled
  if (!isMetricName(name)) throw new BadArgument(`the name "${name}" may have letters, digits and _ only`)
  const labels = (filled.labels ?? []).map(({ key = "", value = "" }) => [labelName(key), value.slice(0, longest)])
  return { name, help: help.slice(0, longest), labels: Object.fromEntries(labels), ...valueOf(filled) }
}

/** What a label may hold: it is kept with the run, and told again and again. */
const longest = 256

/** Whether it is the name of a metric. */
export const isMetricName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]{0,199}$/.test(name)

const labelName = (key: string): string => {
  if (isMetricName(key)) return key
  throw new BadArgument(`the label "${key}" may have letters, digits and _ only`)
}

const valueOf = ({ counter, gauge, histogram }: MetricSpec): Omit<EmittedMetric, "help" | "labels" | "name"> => {
  if (counter !== undefined) return { type: "counter", value: increment(counter.value) }
  if (histogram !== undefined) {
    const buckets = [...histogram.buckets ?? []].toSorted((a, b) => a - b)
    return { type: "histogram", value: numberOf(histogram.value), buckets }
  }
  if (gauge === undefined) throw new BadArgument("it has no type")
  const value = numberOf(gauge.value)
  if (gauge.realtime === true) return { type: "gauge", value, passing: true }
  const operation = operations[gauge.operation ?? "Set"]
  if (operation === undefined) throw new BadArgument(`the operation "${gauge.operation}" is not Set, Add or Sub`)
  return operation === "set" ? { type: "gauge", value } : { type: "gauge", value, operation }
}

const operations: Readonly<Record<string, "add" | "set" | "sub" | undefined>> = { Set: "set", Add: "add", Sub: "sub" }

const increment = (text: string | undefined): number => {
  const value = numberOf(text)
  if (value < 0) throw new BadArgument(`a counter only grows, and its value is ${value}`)
  return value
}

const numberOf = (text = ""): number => {
  const value = Number(text)
  if (text.trim() === "" || !Number.isFinite(value)) throw new BadArgument(`the value "${text}" is not a number`)
  return value
}

/** The variable that a realtime gauge tells. */
export const realtimeVariable = ({ gauge }: MetricSpec): string | undefined =>
  gauge?.realtime === true
    ? /^\s*\{\{\s*(duration|workflow\.duration)\s*\}\}\s*$/.exec(gauge.value ?? "")?.[1]
    : undefined
