/** What is done again and why, what is kept, and how long it takes: asked before anything happens. */
import { useMemo } from "preact/hooks"
import type { AgainPlan as Plan } from "../../api/wire.ts"
import { Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Failure } from "../../parts/Reading.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { type Preview, usePreview } from "../../state/preview.ts"
import { counted, duration } from "../../state/words.ts"
import { type AgainEstimate, type AgainView, againView } from "../../../view/again.ts"
import type { RunScene } from "./scene.ts"

/** The plan of a request, as far as it was answered. */
export interface Asked extends Preview<Plan> {
  readonly view?: AgainView
}

/** Asks for a plan, again whenever the request is another one, or the run has ended or gone on meanwhile. */
export const usePlan = ({ run }: RunScene, request: string, ask: () => Promise<Plan>): Asked => {
  const preview = usePreview(`${request} ${run.phase} ${run.finishedAt}`, ask)
  const { last } = preview
  const view = useMemo(() => (last === undefined ? undefined : againView(run, last)), [last])
  return view === undefined ? preview : { ...preview, view }
}

const takes = ({ isLeast, millis, runs }: AgainEstimate): string =>
  isLeast
    ? `At least ${duration(millis)}, as in this run; nothing is known of what did not begin.`
    : `About ${duration(millis)}, as in ${
      runs === 1 ? "the last run that succeeded" : `the last ${runs} runs that succeeded`
    }.`

const shown = 8

/** A node of a plan. */
export interface PlanRow {
  readonly path: string
  readonly name: string
  readonly phase: string
  readonly why: string
}

/** The nodes of a part of a plan. */
export const PlanRows = ({ label, rows }: { readonly label: string; readonly rows: ReadonlyArray<PlanRow> }) => (
  <div class="plan" style={{ height: `${Math.min(rows.length, shown) * 30}px` }}>
    <VirtualList items={rows} height={30} keyOf={({ path }) => path} label={label}>
      {({ name, path, phase, why }) => (
        <div class="plan-row">
          <PhaseDot phase={phase} />
          <span class="name" title={path}>{name}</span>
          <span class="faint" title={why}>{why}</span>
        </div>
      )}
    </VirtualList>
  </div>
)

/** What of a plan stays, for those who want to know. */
export const PlanRest = ({ label, rows }: { readonly label: string; readonly rows: ReadonlyArray<PlanRow> }) =>
  rows.length === 0 ? null : (
    <details class="plan-kept">
      <summary>{label}</summary>
      <PlanRows label={label} rows={rows} />
    </details>
  )

/** The plan. */
export const AgainPlan = ({ asked: { again: askAgain, plan, problem, view } }: { readonly asked: Asked }) => {
  if (problem !== undefined) return <Failure text={problem} again={askAgain} />
  if (view === undefined) return <Loading label="Asking what would run again" rows={3} />
  const { again, kept } = view
  return (
    <div class={plan === undefined ? "plan-part is-old" : "plan-part"} aria-busy={plan === undefined}>
      <p class="plan-sum" role="status">
        <strong>{counted(again.length, "node runs again", "nodes run again")}</strong>,{" "}
        {counted(kept.length, "result is kept", "results are kept")}.{" "}
        {plan?.estimate !== undefined && <span class="plan-time">{takes(plan.estimate)}</span>}
      </p>
      {again.length > 0 && <PlanRows label="What runs again" rows={again} />}
      <PlanRest
        label="What is kept"
        rows={kept.map(({ name, path, phase }) => ({ name, path, phase, why: phase }))}
      />
    </div>
  )
}
