/** Rules about the metrics of a workflow and its templates. */
import type { Metrics, MetricSpec } from "../document/Manifest.ts"
import { isMetricName, realtimeVariable } from "../values/metrics.ts"
import { report, type Subject } from "./Subject.ts"

/** Checks what each metric says by itself. */
export const checkMetrics = (subject: Subject, metrics: Metrics | undefined): void => {
  for (const metric of metrics?.prometheus ?? []) {
    checkName(subject, metric)
    checkKind(subject, metric)
    checkLabels(subject, metric)
  }
}

const kinds = ["counter", "gauge", "histogram"] as const

const kindsOf = (metric: MetricSpec) => kinds.filter((kind) => metric[kind] !== undefined)

const checkName = (subject: Subject, metric: MetricSpec): void => {
  const { help = "", name = "" } = metric
  if (name === "" || (!name.includes("{{") && !isMetricName(name))) {
    const message =
      `The name "${name}" of a metric is invalid: names have letters, digits and _, and begin with no digit`
    report(subject, metric, "name", { code: "metric", message })
  }
  if (help !== "") return
  report(subject, metric, "help", {
    code: "metric",
    message: `Metric "${name}" has no help text`,
    hint: "Write help with what it counts"
  })
}

const checkKind = (subject: Subject, metric: MetricSpec): void => {
  const found = kindsOf(metric)
  const { gauge, histogram, name } = metric
  const problem = (key: string, message: string, hint = "", severity: "error" | "warning" = "error") =>
    report(subject, metric, key, { code: "metric", severity, message: `Metric "${name}" ${message}`, hint })
  if (found.length === 0) problem("name", "has no type", "Give it a counter, gauge or histogram")
  if (found.length > 1) problem(found[1]!, `has several types (${found.join(", ")})`, "Choose one")
  for (const kind of found) {
    if ((metric[kind]?.value ?? "") === "") problem(kind, `has a ${kind} without value`, "Write what it is worth")
  }
  if (histogram !== undefined && (histogram.buckets ?? []).length === 0) {
    problem("histogram", "is a histogram without buckets", "Write its upper bounds under buckets")
  }
  if (gauge?.realtime === true && realtimeVariable(metric) === undefined) {
    problem(
      "gauge",
      "is realtime and tells no duration",
      'Write value: "{{duration}}" or "{{workflow.duration}}"',
      "warning"
    )
  }
  const operation = gauge?.operation ?? "Set"
  if (!["Add", "Set", "Sub"].includes(operation)) {
    problem("gauge", `has the operation "${operation}"`, "Use Set, Add or Sub")
  }
}

/** Names of which there is one a run: as labels they make a series a run, and never end. */
const unbounded = /\{\{\s*(workflow\.name|workflow\.uid|workflow\.creationTimestamp[^}]*|node\.name|pod\.name)\s*\}\}/

const checkLabels = (subject: Subject, { labels = [], name }: MetricSpec): void => {
  for (const label of labels) {
    const { key = "", value = "" } = label
    if (!key.includes("{{") && !isMetricName(key)) {
      const message = `Metric "${name}" has the label "${key}": labels have letters, digits and _`
      report(subject, label, "key", { code: "metric", message })
    }
    const tag = unbounded.exec(value)?.[0]
    if (tag === undefined) continue
    report(subject, label, "value", {
      code: "metric-label",
      severity: "warning",
      message: `Label "${key}" of metric "${name}" has a value for each run: ${tag}`,
      hint: "Use a value from a small set"
    })
  }
}

/** Metrics of one name are one metric: it has one help text, one type and the same buckets. */
export const checkNames = (subject: Subject): void => {
  const { metrics, templates = [] } = subject.owner.document.spec
  const all = [metrics, ...templates.map((template) => template.metrics)].flatMap((it) => it?.prometheus ?? [])
  const known = new Map<string, MetricSpec>()
  for (const metric of all) {
    const { name = "" } = metric
    const first = known.get(name)
    if (first === undefined || name.includes("{{")) known.set(name, metric)
    else if (meaningOf(first) !== meaningOf(metric)) {
      report(subject, metric, "name", {
        code: "metric",
        severity: "warning",
        message: `Metric "${name}" has another help text, type or buckets than before in this file`,
        hint: "Say the same of it everywhere, or choose another name"
      })
    }
  }
}

const meaningOf = (metric: MetricSpec): string =>
  JSON.stringify([metric.help, kindsOf(metric), metric.histogram?.buckets])
