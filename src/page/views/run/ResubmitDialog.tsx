/** The same again in a new run: from the beginning, or with the results that are there. */
import { useSignal } from "@preact/signals"
import { resubmit } from "../../state/act.ts"
import { begun } from "./ActionDialog.tsx"
import { AgainDialog } from "./AgainDialog.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog. */
export const ResubmitDialog = ({ scene }: { readonly scene: RunScene }) => {
  const { id, workflow } = scene.run
  const memoized = useSignal(false)
  const { value } = memoized
  return (
    <AgainDialog
      scene={scene}
      title={`Run ${workflow} again?`}
      verb={() => "Start the new run"}
      request={value}
      command={(given) => resubmit.command(id, value, given)}
      plan={(given) => resubmit.plan(id, value, given)}
      onDo={async (given) => begun(await resubmit.do(id, value, given))}
    >
      <p>A new run begins. This one stays as it is.</p>
      <label class="check">
        <input
          type="checkbox"
          checked={value}
          onChange={(event) => void (memoized.value = event.currentTarget.checked)}
        />
        Keep the results of nodes that succeeded
      </label>
    </AgainDialog>
  )
}
