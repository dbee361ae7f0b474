/** What a retry would run again, and why, before anything happens. */
import { useSignal } from "@preact/signals"
import { retry } from "../../state/act.ts"
import type { Given, Retry } from "../../state/commands.ts"
import { counted } from "../../state/words.ts"
import { AgainDialog } from "./AgainDialog.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog; `node` is where the retry begins, default what failed. */
export const RetryDialog = ({ node, scene }: { readonly scene: RunScene; readonly node: string | undefined }) => {
  const { nodes, run } = scene
  const chosen = useSignal(node !== undefined)
  const restart = useSignal(node !== undefined && nodes.get(node)?.phase === "Succeeded")
  const request: Retry = {
    ...chosen.value && node !== undefined ? { nodes: [node] } : {},
    ...restart.value && chosen.value ? { restartSuccessful: true } : {}
  }
  // Of a manifest, the command chooses as Argo does.
  const other = (given: Given): Given => given ?? (run.isManifest ? { parameters: {} } : undefined)
  return (
    <AgainDialog
      scene={scene}
      title={`Retry ${run.id}`}
      verb={({ length }) => length === 0 ? "Retry" : `Run ${counted(length, "node")} again`}
      needsWork
      request={request}
      command={(given) => retry.command(run.id, request, given)}
      plan={(given) => retry.plan(run.id, request, other(given))}
      onDo={async (given) => {
        await retry.do(run.id, request, other(given))
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
    </AgainDialog>
  )
}
