/** CronWorkflows with what their runs tell of them. */
import { cronLabel, markOf } from "../../argo/cron/CronRuns.ts"
import type { RunView } from "../../run/view.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { Site } from "../Site.ts"
import { type Kind, objectOf, type StoredDocument } from "./documents.ts"
import { NAMESPACE, timeOf, uidOfRun } from "./identity.ts"

/** A CronWorkflow as the API has it. */
export const cronObject = async (site: Site, kind: Kind, document: StoredDocument): Promise<object> => {
  const object = objectOf(document, kind)
  const { schedule, ...spec } = document.manifest.spec
  const runs = (await site.pinnace.list({ labels: { [cronLabel]: document.name }, limit: Infinity })).filter((run) =>
    markOf(run as never) !== undefined
  )
  // Argo's page reads the list, whatever the manifest has.
  const schedules = spec["schedules"] ?? (schedule === undefined ? [] : [schedule])
  return { ...object, spec: { ...spec, schedules }, status: statusOf(runs, spec["suspend"] === true) }
}

const statusOf = (runs: ReadonlyArray<RunView>, isSuspended: boolean) => {
  const marks = runs.flatMap((run) => markOf(run as never) ?? [])
  const last = marks.reduce((most, { due }) => Math.max(most, due), 0)
  const newest = marks.find(({ due }) => due === last)
  const active = runs.filter(({ phase }) => !isTerminal(phase))
  const count = (phase: string) => runs.filter((run) => run.phase === phase).length
  return {
    lastScheduledTime: timeOf(last),
    active: active.map((run) => ({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      name: run.id,
      namespace: NAMESPACE,
      uid: uidOfRun(run)
    })),
    succeeded: Math.max(count("Succeeded"), newest?.succeeded ?? 0),
    failed: Math.max(count("Failed") + count("Error"), newest?.failed ?? 0),
    phase: isSuspended ? "Stopped" : "Active",
    conditions: []
  }
}
