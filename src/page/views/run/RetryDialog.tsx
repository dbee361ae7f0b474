/** What a retry would run again, and why, before anything happens. */
import { useSignal } from "@preact/signals"
import { type Given, type Retry, retry } from "../../state/act.ts"
import { counted } from "../../state/words.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import { AgainPlan, usePlan } from "./AgainPlan.tsx"
import { type Choice, former, OtherInput } from "./OtherInput.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog; `node` is where the retry begins, default what failed. */
export const RetryDialog = ({ node, scene }: { readonly scene: RunScene; readonly node: string | undefined }) => {
  const { nodes, run } = scene
  const chosen = useSignal(node !== undefined)
  const restart = useSignal(node !== undefined && nodes.get(node)?.phase === "Succeeded")
  const choice = useSignal<Choice>(former)
  const { faults, given } = choice.value
  const request: Retry = {
    ...chosen.value && node !== undefined ? { nodes: [node] } : {},
    ...restart.value && chosen.value ? { restartSuccessful: true } : {}
  }
  // Of a manifest, the command chooses as Argo does.
  const other: Given = given ?? (run.isManifest ? { parameters: {} } : undefined)
  const asked = usePlan(scene, JSON.stringify([request, other]), () => retry.plan(run.id, request, other))
  const again = asked.value.view?.again ?? []
  return (
    <ActionDialog
      title={`Retry ${run.id}`}
      verb={again.length === 0 ? "Retry" : `Run ${counted(again.length, "node")} again`}
      wide
      isReady={faults.length === 0 && asked.value.plan !== undefined && again.length > 0}
      command={retry.command(run.id, request, given)}
      onDo={async () => {
        await retry.do(run.id, request, other)
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
      <OtherInput choice={choice} scene={scene} />
      <AgainPlan asked={asked.value} />
    </ActionDialog>
  )
}
