/** Metrics as text for Prometheus, format 0.0.4. Pure. */
import type { Metric } from "./definitions.ts"
import { buckets, type Series, type Table } from "./Table.ts"

/** The text of tables: each metric once, with its help and type. */
export const prometheusText = (...tables: ReadonlyArray<Table>): string =>
  tables.flatMap(({ all }) => all).map(([metric, series]) =>
    [
      `# HELP ${metric.name} ${metric.help}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...series.flatMap((one) => linesOf(metric, one))
    ].map((line) => `${line}\n`).join("")
  ).join("")

const linesOf = (metric: Metric, { count, counts, value, values }: Series): ReadonlyArray<string> => {
  if (counts === undefined) return [`${metric.name}${labels(metric, values)} ${value}`]
  let below = 0
  return [
    ...[...buckets, "+Inf"].map((bound, at) => {
      below += counts[at]!
      return `${metric.name}_bucket${labels(metric, values, `le="${bound}"`)} ${below}`
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
