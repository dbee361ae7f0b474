/** Waits for the end of a backfill, which is kept in the state file and survives this process. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { ScheduleHandle } from "../../embed/ScheduleHandle.ts"
import type { BackfillView } from "../../schedule/backfill.ts"

/** The backfill when it is over. */
export const followBackfill = async (
  pinnace: Pick<Pinnace, "get">,
  handle: Pick<ScheduleHandle, "backfills">,
  id: string
): Promise<BackfillView> => {
  for (;;) {
    const view = (await handle.backfills()).find((it) => it.id === id)!
    if (view.state !== "running") return view
    const runs = await Promise.all(view.open.map((run) => pinnace.get(run)))
    await Promise.race([...runs.flatMap((run) => run === undefined ? [] : [run.ending()]), after(200)])
    // A run that has ended is answered at once: the next one begins only if others get their turn.
    await after(20)
  }
}

const after = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))
