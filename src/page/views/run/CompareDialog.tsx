/** Chooses the run that this one is compared with. */
import { get } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Reading } from "../../parts/Reading.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { go } from "../../state/route.ts"
import { dialog, type RunScene } from "./scene.ts"

const close = (): void => void (dialog.value = undefined)

const Others = ({ runs, scene: { run } }: { readonly runs: ReadonlyArray<Run>; readonly scene: RunScene }) =>
  runs.length === 0 ? <p>There is no other run of {run.workflow}.</p> : (
    <ul class="choices">
      {runs.map((it) => (
        <li key={it.id}>
          <button
            type="button"
            class="quiet compare"
            onClick={() => {
              close()
              go({ path: ["diff", it.id, run.id], query: {} })
            }}
          >
            <PhaseDot phase={it.phase} /> {it.id} <span class="grow" />{" "}
            <span class="faint">
              <Time at={it.createdAt} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  )

/** The dialog: runs of the same workflow, the newest first. */
export const CompareDialog = ({ scene }: { readonly scene: RunScene }) => {
  const { run } = scene
  const read = useLoaded(
    run.workflow,
    () => get<{ readonly runs: ReadonlyArray<Run> }>(`/runs?workflow=${encodeURIComponent(run.workflow)}&limit=50`)
  )
  return (
    <Dialog title={`Compare ${run.id} with`} onClose={close}>
      <div class="dialog-body">
        <Reading of={read} label="Reading the runs">
          {({ runs }) => <Others runs={runs.filter(({ id }) => id !== run.id)} scene={scene} />}
        </Reading>
      </div>
    </Dialog>
  )
}
