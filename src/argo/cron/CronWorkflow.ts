/** A CronWorkflow as a value: when it is due, and what is done then. */
import type { Metadata, WorkflowDocument } from "../document/Manifest.ts"
import { parseSchedule, type Schedule } from "./Schedule.ts"

/** What is done when a run is due while earlier ones are still open. */
export type ConcurrencyPolicy = "Allow" | "Forbid" | "Replace"

/** The policies. */
export const policies: ReadonlyArray<ConcurrencyPolicy> = ["Allow", "Forbid", "Replace"]

/** A CronWorkflow. */
export interface CronWorkflow {
  /** Its name (`metadata.name`); empty where the document has none. */
  readonly name: string
  /** Its names, labels and annotations. */
  readonly metadata: Metadata
  /** When it is due: at each instant of any of these. */
  readonly schedules: ReadonlyArray<Schedule>
  /** The schedules as one text, to see whether they were changed. */
  readonly scheduleText: string
  /** Whether it starts nothing for now (`spec.suspend`). */
  readonly suspended: boolean
  /** What becomes of an instant while a run of it is open (`spec.concurrencyPolicy`); default `Allow`. */
  readonly policy: ConcurrencyPolicy
  /** How late a run may begin, in milliseconds; 0 = what was missed is not made up for. */
  readonly deadline: number
  /** How many ended runs are kept. */
  readonly keep: { readonly succeeded: number; readonly failed: number }
  /** A condition with its tags; empty = always. */
  readonly when: string
  /** An expression that ends it when it holds; empty = never. */
  readonly stop: string
}

/** The value of a document of that kind. Throws BadSchedule. */
export const cronOf = ({ cron = {}, metadata }: WorkflowDocument): CronWorkflow => {
  const texts = cron.schedules ?? []
  return {
    name: metadata.name ?? "",
    metadata,
    schedules: texts.map((text) => parseSchedule(text, cron.timezone)),
    scheduleText: [...texts, cron.timezone ?? ""].join("\n"),
    suspended: cron.suspend === true,
    policy: policies.find((it) => it === cron.concurrencyPolicy) ?? "Allow",
    deadline: (cron.startingDeadlineSeconds ?? 0) * 1_000,
    keep: { succeeded: cron.successfulJobsHistoryLimit ?? 3, failed: cron.failedJobsHistoryLimit ?? 1 },
    when: cron.when ?? "",
    stop: cron.stopStrategy?.expression ?? cron.stopStrategy?.condition ?? ""
  }
}
