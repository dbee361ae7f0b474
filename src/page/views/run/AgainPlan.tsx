/** What is done again and why, what is kept, and how long it takes: asked before anything happens. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import type { AgainPlan as Plan } from "../../api/wire.ts"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { counted, duration } from "../../state/words.ts"
import { type AgainEstimate, type AgainView, againView } from "../../../view/again.ts"
import type { RunScene } from "./scene.ts"

/** The plan of a request, as far as it was answered. */
export interface Asked {
  readonly plan?: Plan
  readonly view?: AgainView
  readonly problem?: string
}

/** Asks for a plan, again whenever the request is another one. */
export const usePlan = (scene: RunScene, request: string, ask: () => Promise<Plan>): Signal<Asked> => {
  const asked = useSignal<Asked>({})
  useEffect(() => {
    let isCurrent = true
    const { plan: _, problem: __, ...before } = asked.peek()
    // What was planned stays to be read, and cannot be done, until the other plan is there.
    asked.value = before
    const timer = setTimeout(() => {
      ask().then(
        (plan) => void (isCurrent && (asked.value = { plan, view: againView(scene.run, plan) })),
        (error: unknown) => void (isCurrent && (asked.value = { problem: wordsOf(error) }))
      )
    }, before.view === undefined ? 0 : 200)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [request])
  return asked
}

const takes = ({ isLeast, millis, runs }: AgainEstimate): string =>
  isLeast
    ? `At least ${duration(millis)}, as in this run; nothing is known of what did not begin.`
    : `About ${duration(millis)}, as in ${
      runs === 1 ? "the last run that succeeded" : `the last ${runs} runs that succeeded`
    }.`

const shown = 8

/** The plan. */
export const AgainPlan = ({ asked: { plan, problem, view } }: { readonly asked: Asked }) => {
  if (problem !== undefined) return <Banner tone="error">{problem}</Banner>
  if (view === undefined) return <Loading label="Asking what would run again" rows={3} />
  const { again, kept } = view
  return (
    <div class={plan === undefined ? "plan-part is-old" : "plan-part"} aria-busy={plan === undefined}>
      <p class="plan-sum" role="status">
        <strong>{counted(again.length, "node runs again", "nodes run again")}</strong>,{" "}
        {counted(kept.length, "result is kept", "results are kept")}.{" "}
        {plan?.estimate !== undefined && <span class="plan-time">{takes(plan.estimate)}</span>}
      </p>
      {again.length > 0 && (
        <div class="plan" style={{ height: `${Math.min(again.length, shown) * 30}px` }}>
          <VirtualList items={again} height={30} keyOf={({ path }) => path} label="What runs again">
            {({ name, path, phase, why }) => (
              <div class="plan-row">
                <PhaseDot phase={phase} />
                <span class="name" title={path}>{name}</span>
                <span class="faint" title={why}>{why}</span>
              </div>
            )}
          </VirtualList>
        </div>
      )}
      {kept.length > 0 && (
        <details class="plan-kept">
          <summary>What is kept</summary>
          <div class="plan" style={{ height: `${Math.min(kept.length, shown) * 30}px` }}>
            <VirtualList items={kept} height={30} keyOf={({ path }) => path} label="What is kept">
              {({ name, path, phase }) => (
                <div class="plan-row">
                  <PhaseDot phase={phase} />
                  <span class="name" title={path}>{name}</span>
                  <span class="faint">{phase}</span>
                </div>
              )}
            </VirtualList>
          </div>
        </details>
      )}
    </div>
  )
}
