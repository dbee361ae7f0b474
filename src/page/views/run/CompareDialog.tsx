/** Chooses the run that this one is compared with. */
import { get } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { go } from "../../state/route.ts"
import { dialog, type RunScene } from "./scene.ts"

/** The dialog: runs of the same workflow, the newest first. */
export const CompareDialog = ({ scene: { run } }: { readonly scene: RunScene }) => {
  const { value } = useLoaded(
    run.workflow,
    () => get<{ readonly runs: ReadonlyArray<Run> }>(`/runs?workflow=${encodeURIComponent(run.workflow)}&limit=50`)
  )
  const others = value.value?.runs.filter(({ id }) => id !== run.id)
  const close = (): void => void (dialog.value = undefined)
  return (
    <Dialog title={`Compare ${run.id} with`} onClose={close}>
      <div class="dialog-body">
        {others === undefined && <Loading label="Reading the runs" rows={3} />}
        {others?.length === 0 && <p>There is no other run of {run.workflow}.</p>}
        <ul class="choices">
          {others?.map((it) => (
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
      </div>
    </Dialog>
  )
}
