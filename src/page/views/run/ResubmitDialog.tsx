/** The same again in a new run: from the beginning, or with the results that are there. */
import { useSignal } from "@preact/signals"
import { resubmit } from "../../state/act.ts"
import { go } from "../../state/route.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import { AgainPlan, usePlan } from "./AgainPlan.tsx"
import { type Choice, former, OtherInput } from "./OtherInput.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog. */
export const ResubmitDialog = ({ scene }: { readonly scene: RunScene }) => {
  const { run } = scene
  const memoized = useSignal(false)
  const choice = useSignal<Choice>(former)
  const { faults, given } = choice.value
  const asked = usePlan(
    scene,
    JSON.stringify([memoized.value, given]),
    () => resubmit.plan(run.id, memoized.value, given)
  )
  return (
    <ActionDialog
      title={`Run ${run.workflow} again?`}
      verb="Start the new run"
      wide
      isReady={faults.length === 0 && asked.value.plan !== undefined}
      command={resubmit.command(run.id, memoized.value, given)}
      onDo={async () => {
        const { id } = await resubmit.do(run.id, memoized.value, given)
        go({ path: ["runs", id], query: {} })
        return `Run ${id} has begun`
      }}
    >
      <p>A new run begins. This one stays as it is.</p>
      <label class="check">
        <input
          type="checkbox"
          checked={memoized.value}
          onChange={(event) => void (memoized.value = event.currentTarget.checked)}
        />
        Keep the results of nodes that succeeded
      </label>
      <OtherInput choice={choice} scene={scene} />
      <AgainPlan asked={asked.value} />
    </ActionDialog>
  )
}
