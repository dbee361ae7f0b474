/** The variables that every text of a run can read and that do not change. */
import { goFormat, time } from "../language/expr/goTime.ts"
import type { Metadata, WorkflowSpec } from "../document/Manifest.ts"

/** What they are made of. */
export interface GlobalParts {
  readonly name: string
  readonly uid: string
  readonly metadata: Metadata
  readonly spec: WorkflowSpec
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly parameters: ReadonlyMap<string, string>
}

/** Names with their texts. */
export const globalVariables = (parts: GlobalParts): ReadonlyMap<string, string> => {
  const { metadata, name, parameters, spec, uid } = parts
  const { annotations = {}, labels = {} } = metadata
  const list = JSON.stringify([...parameters].map(([key, value]) => ({ name: key, value })))
  const scheduled = annotations["workflows.argoproj.io/scheduled-time"]
  const made: Record<string, string> = {
    name,
    namespace: metadata.namespace ?? "default",
    uid,
    mainEntrypoint: spec.entrypoint ?? "",
    serviceAccountName: spec.serviceAccountName ?? "default",
    parameters: list,
    "parameters.json": list,
    labels: sorted(labels),
    "labels.json": sorted(labels),
    annotations: sorted(annotations),
    "annotations.json": sorted(annotations),
    ...prefixed("parameters", parameters),
    ...prefixed("labels", Object.entries(labels)),
    ...prefixed("annotations", Object.entries(annotations)),
    ...timestamps(parts.createdAt),
    ...(spec.priority === undefined ? {} : { priority: String(spec.priority) }),
    ...(scheduled === undefined ? {} : { scheduledTime: scheduled })
  }
  return new Map(Object.entries(made).map(([key, value]) => [`workflow.${key}`, value]))
}

const sorted = (map: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1)))

const prefixed = (prefix: string, entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> =>
  Object.fromEntries([...entries].map(([key, value]) => [`${prefix}.${key}`, value]))

/** strftime letters as Go layouts. */
const letters: Readonly<Record<string, string>> = {
  a: "Mon",
  A: "Monday",
  b: "Jan",
  B: "January",
  d: "02",
  D: "01/02/06",
  e: "_2",
  F: "2006-01-02",
  H: "15",
  I: "03",
  j: "002",
  m: "01",
  M: "04",
  p: "PM",
  R: "15:04",
  S: "05",
  T: "15:04:05",
  y: "06",
  Y: "2006",
  z: "-0700",
  Z: "MST"
}

const timestamps = (millis: number): Readonly<Record<string, string>> => {
  const at = time(Math.floor(millis / 1_000) * 1_000)
  const date = goFormat(at, "2006-01-02T15:04:05Z07:00")
  return {
    creationTimestamp: date,
    "creationTimestamp.RFC3339": date,
    "creationTimestamp.s": String(at.millis / 1_000),
    ...prefixed("creationTimestamp", Object.entries(letters).map(([letter, layout]) => [letter, goFormat(at, layout)]))
  }
}
