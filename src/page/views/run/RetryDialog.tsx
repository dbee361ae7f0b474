/** What a retry would run again, and why, before anything happens. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import type { RetryPlan } from "../../api/wire.ts"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { type Retry, retry } from "../../state/act.ts"
import { counted } from "../../state/words.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog; `node` is where the retry begins, default what failed. */
export const RetryDialog = ({ node, scene }: { readonly scene: RunScene; readonly node: string | undefined }) => {
  const { nodes, run } = scene
  const chosen = useSignal(node !== undefined)
  const restart = useSignal(node !== undefined && nodes.get(node)?.phase === "Succeeded")
  const plan = useSignal<RetryPlan | undefined>(undefined)
  const problem = useSignal("")
  const request: Retry = {
    ...chosen.value && node !== undefined ? { nodes: [node] } : {},
    ...restart.value ? { restartSuccessful: true } : {}
  }
  useEffect(() => {
    let isCurrent = true
    plan.value = undefined
    problem.value = ""
    retry.plan(run.id, request).then(
      (it) => void (isCurrent && (plan.value = it)),
      (error: unknown) => void (isCurrent && (problem.value = wordsOf(error)))
    )
    return () => void (isCurrent = false)
  }, [chosen.value, restart.value])
  const reset = plan.value?.reset ?? []
  return (
    <ActionDialog
      title={`Retry ${run.id}`}
      verb={reset.length === 0 ? "Retry" : `Run ${counted(reset.length, "node")} again`}
      wide
      isReady={reset.length > 0}
      command={retry.command(run.id, request)}
      onDo={async () => {
        await retry.do(run.id, request)
        return "The run goes on"
      }}
    >
      {node !== undefined && (
        <fieldset class="choices">
          <legend class="unseen">What is retried</legend>
          <label class="check">
            <input type="radio" name="from" checked={chosen.value} onChange={() => void (chosen.value = true)} />
            From <code>{nodes.get(node)?.name ?? node}</code> on
          </label>
          <label class="check">
            <input type="radio" name="from" checked={!chosen.value} onChange={() => void (chosen.value = false)} />
            Everything that failed
          </label>
        </fieldset>
      )}
      {chosen.value && (
        <label class="check">
          <input
            type="checkbox"
            checked={restart.value}
            onChange={(event) => void (restart.value = event.currentTarget.checked)}
          />
          Also run it again where it succeeded
        </label>
      )}
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {plan.value === undefined && problem.value === "" && <Loading label="Asking what would run again" rows={3} />}
      {plan.value !== undefined && (
        <>
          <p class="plan-sum">
            <strong>{counted(reset.length, "node runs again", "nodes run again")}</strong>,{" "}
            {counted(plan.value.keep, "result is kept", "results are kept")}.
          </p>
          <div class="plan" style={{ height: `${Math.min(reset.length, 8) * 30}px` }}>
            <VirtualList items={reset} height={30} keyOf={({ path }) => path} label="What runs again">
              {({ path, why }) => (
                <div class="plan-row">
                  <PhaseDot phase={nodes.get(path)?.phase ?? "Pending"} />
                  <span class="name" title={path}>{nodes.get(path)?.name ?? path}</span>
                  <span class="faint">{why}</span>
                </div>
              )}
            </VirtualList>
          </div>
        </>
      )}
    </ActionDialog>
  )
}
