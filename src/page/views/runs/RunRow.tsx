/** One run of the list. */
import type { Run } from "../../api/wire.ts"
import { PhaseBadge } from "../../parts/Phase.tsx"
import { Time, Took } from "../../parts/Time.tsx"
import type { Stuck } from "../../state/stuck.ts"
import { linkTo } from "../../state/route.ts"

/** The phase with what is special about it. */
export const statusOf = ({ held, phase, reason, stopping, suspended }: Run): string => {
  if (phase !== "Pending" && phase !== "Running") {
    return reason === "Stopped" || reason === "Terminated" ? reason : phase
  }
  if (held !== undefined) return "Held"
  if (suspended) return "Suspended"
  if (stopping !== "terminate" && reason === "Compensating") return reason
  return stopping === undefined ? phase : stopping === "stop" ? "Stopping" : "Terminating"
}

const own = (labels: Run["labels"]): ReadonlyArray<readonly [string, string]> =>
  Object.entries(labels).filter(([name]) => !name.startsWith("pinnace/"))

const waits: Readonly<Record<string, string>> = { signal: "Signal", permit: "Permit", time: "Timer" }

/** The row. */
export const RunRow = (
  { isChosen, onChoose, run, stuck }: {
    readonly run: Run
    readonly isChosen: boolean
    readonly onChoose: () => void
    readonly stuck: Stuck | undefined
  }
) => (
  <a
    class={`run-row ${isChosen ? "chosen" : ""}`}
    href={linkTo(["runs", run.id])}
    onFocus={onChoose}
  >
    <span>
      <PhaseBadge phase={run.phase} status={statusOf(run)} waiting={waits[stuck?.kind ?? ""] ?? ""} />
    </span>
    <span class="run-name" title={run.id}>{run.id}</span>
    <span class="run-flow" title={run.workflow}>{run.workflow}</span>
    <span class="run-message" title={run.held ?? run.message ?? stuck?.because ?? ""}>
      {own(run.labels).slice(0, 3).map(([name, value]) => <span key={name} class="label">{name}={value}</span>)}
      <span class="message-text">{run.held ?? run.message ?? stuck?.because ?? ""}</span>
    </span>
    <span class="right run-started">
      <Time at={run.startedAt ?? run.createdAt} />
    </span>
    <span class="right run-took">
      <Took from={run.startedAt} to={run.finishedAt} />
    </span>
  </a>
)
