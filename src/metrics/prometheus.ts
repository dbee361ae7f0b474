/** Metrics as text for Prometheus, format 0.0.4. Pure. */
import type { Metric } from "./definitions.ts"
import { cumulated, familiesOf } from "./MetricView.ts"
import type { Series, Table } from "./Table.ts"

/** The text of tables: each metric once, with its help and type. */
export const prometheusText = (...tables: ReadonlyArray<Table>): string =>
  familiesOf(tables).flatMap((family) => [
    ...headOf(family[0]![0]),
    ...family.flatMap(([metric, series]) => linesOf(metric, series))
  ]).map((line) => `${line}\n`).join("")

const headOf = ({ help, name, type }: Metric): ReadonlyArray<string> => [
  `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
  `# TYPE ${name} ${type}`
]

const linesOf = (metric: Metric, { count, counts, value, values }: Series): ReadonlyArray<string> => {
  if (counts === undefined) return [`${metric.name}${labels(metric, values)} ${value}`]
  return [
    ...cumulated(metric, counts).map(([bound, below]) => {
      const least = bound === Infinity ? "+Inf" : bound
      return `${metric.name}_bucket${labels(metric, values, `le="${least}"`)} ${below}`
    }),
    `${metric.name}_sum${labels(metric, values)} ${value}`,
    `${metric.name}_count${labels(metric, values)} ${count}`
  ]
}

const labels = (metric: Metric, values: ReadonlyArray<string>, more?: string): string => {
  const own = metric.labels.map((name, at) => `${name}="${escaped(values[at] ?? "")}"`)
  const all = more === undefined ? own : [...own, more]
  return all.length === 0 ? "" : `{${all.join(",")}}`
}

const escaped = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
