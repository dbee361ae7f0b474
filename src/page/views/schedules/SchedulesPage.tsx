/** Schedules of code and CronWorkflows: when they are due next, and what became of their instants. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { now } from "../../state/clock.ts"
import { useLoaded } from "../../state/loaded.ts"
import { canAct } from "../../state/session.ts"
import type { DialogKind } from "../run/dialogKinds.ts"
import { dialog } from "../run/scene.ts"
import { BackfillDialog, PauseDialog, ResumeDialog, StopBackfillDialog, TriggerDialog } from "./ScheduleDialogs.tsx"
import { ScheduleCard } from "./ScheduleCard.tsx"
import { readSchedules, type Schedule } from "./schedules.ts"

const None = () => (
  <Empty title="No schedules" sign="calendar">
    <p>
      An app keeps schedules with <code>open(file, {"{ schedules }"})</code>; they show up here at once.
    </p>
    <p>
      For CronWorkflows, name their files: <code>pinnace ui workflows/</code> shows them, and{" "}
      <code>pinnace cron workflows/</code> runs them.
    </p>
  </Empty>
)

interface Chosen {
  /** As it was when it was chosen. */
  readonly it: Schedule
  /** The backfill that is meant. */
  readonly id?: string
}

const dialogs: ReadonlyArray<DialogKind | undefined> = ["trigger", "pause", "unpause", "backfill", "stopBackfill"]

/** The dialog that is open, about the schedule that was chosen. */
const Open = (
  { again, chosen, it }: { readonly it: Schedule; readonly chosen: Chosen; readonly again: () => void }
) => {
  const props = { it, onDone: again }
  switch (dialog.value?.is) {
    case "trigger":
      return <TriggerDialog {...props} />
    case "pause":
      return <PauseDialog {...props} />
    case "unpause":
      return <ResumeDialog {...props} />
    case "backfill":
      return <BackfillDialog {...props} now={now.peek()} />
    default:
      return <StopBackfillDialog {...props} id={chosen.id ?? ""} />
  }
}

/** The page. */
export const SchedulesPage = () => {
  const { again, problem, value } = useLoaded("schedules", readSchedules, true)
  const chosen = useSignal<Chosen | undefined>(undefined)
  const all = value.value
  const one = chosen.value
  // One that is forgotten meanwhile stays as it was, until who acts on it is told.
  const found = one === undefined || !dialogs.includes(dialog.value?.is)
    ? undefined
    : all?.find(({ kind, name }) => kind === one.it.kind && name === one.it.name) ?? one.it
  // What is due passes without news of runs where it is skipped, or where another process starts it.
  const due = Math.min(...(all ?? []).flatMap(({ next }) => next[0] === undefined ? [] : [Date.parse(next[0])]))
  const isPast = now.value > due + 1_000
  useEffect(() => {
    if (isPast) again()
  }, [isPast, due])
  useEffect(() => {
    document.title = "Schedules · Pinnace"
  }, [])
  return (
    <section class="page" aria-labelledby="schedules-title">
      <header class="page-head">
        <h1 id="schedules-title">Schedules</h1>
        {all !== undefined && all.length > 0 && <span class="faint total">{all.length}</span>}
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {all === undefined
        ? problem.value === "" && <Loading label="Reading the schedules" />
        : all.length === 0
        ? <None />
        : (
          <div class="scroll schedules">
            {all.map((it) => (
              <ScheduleCard
                key={`${it.kind} ${it.name}`}
                it={it}
                canAct={canAct()}
                onAct={(is, id) => {
                  chosen.value = { it, ...id === undefined ? {} : { id } }
                  dialog.value = { is }
                }}
              />
            ))}
          </div>
        )}
      {found !== undefined && <Open it={found} chosen={one!} again={again} />}
    </section>
  )
}
