/** What can be done about a schedule: each dialog says what comes of it first. */
import { useSignal } from "@preact/signals"
import { Failure } from "../../parts/Reading.tsx"
import type { Span } from "../../state/commands.ts"
import { usePreview } from "../../state/preview.ts"
import { counted, grouped } from "../../state/words.ts"
import { ActionDialog, begun } from "../run/ActionDialog.tsx"
import { backfill, pause, resume, type Schedule, stopBackfill, trigger } from "./schedules.ts"

interface Props {
  readonly it: Schedule
  readonly onDone: () => void
}

/** Starts a run now. */
export const TriggerDialog = ({ it }: Props) => (
  <ActionDialog
    title={`Run ${it.name} now`}
    verb="Start a run"
    command={trigger.command(it)}
    onDo={async () => begun({ id: await trigger.do(it) })}
  >
    <p>
      A run of <code>{it.workflow}</code>{" "}
      begins at once, whatever the schedule says. Its next instants stay as they are.
    </p>
  </ActionDialog>
)

/** What the same is by hand, of a schedule that stands in a file. */
const InFile = ({ it: { file, kind }, says }: { readonly it: Schedule; readonly says: string }) =>
  kind === "cron" && file !== undefined
    ? (
      <p class="same faint">
        The same by hand: <code>suspend: {says}</code> in {file}.
      </p>
    )
    : null

/** Starts nothing from now on. */
export const PauseDialog = ({ it, onDone }: Props) => {
  const message = useSignal("")
  return (
    <ActionDialog
      title={`Pause ${it.name}`}
      verb="Pause the schedule"
      command={pause.command(it, message.value)}
      onDo={async () => {
        await pause.do(it, message.value)
        onDone()
        return `${it.name} is paused`
      }}
    >
      <p>Its instants are skipped from now on, in every process. Runs that have begun go on.</p>
      {it.kind === "schedule" && (
        <label class="field">
          <span>
            Why <em class="faint">(is kept, and shown here)</em>
          </span>
          <input
            type="text"
            value={message.value}
            onInput={(event) => void (message.value = event.currentTarget.value)}
          />
        </label>
      )}
      <InFile it={it} says="true" />
    </ActionDialog>
  )
}

/** Lets it go on. */
export const ResumeDialog = ({ it, onDone }: Props) => {
  const catchUp = useSignal(false)
  return (
    <ActionDialog
      title={`Resume ${it.name}`}
      verb="Resume the schedule"
      command={resume.command(it, catchUp.value)}
      onDo={async () => {
        await resume.do(it, catchUp.value)
        onDone()
        return `${it.name} goes on`
      }}
    >
      <p>It starts runs again from its next instant on.</p>
      {it.kind === "schedule" && it.isKnown && (
        <label class="check">
          <input
            type="checkbox"
            checked={catchUp.value}
            onChange={(event) => void (catchUp.value = event.currentTarget.checked)}
          />
          Also fill what was due meanwhile, one run at a time
        </label>
      )}
      <InFile it={it} says="false" />
    </ActionDialog>
  )
}

const pad = (value: number): string => String(value).padStart(2, "0")

/** An instant as a field of the browser has it: by its own clock. */
const fieldOf = (at: number): string => {
  const date = new Date(at)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`
}

const day = 86_400_000

interface Foreseen {
  readonly instants: number
  readonly started: number
}

const foresight = ({ instants, started }: Foreseen, { rerun }: Span): string => {
  const many = instants >= 10_000 ? "10,000 or more" : grouped(instants)
  if (instants === 0) return "Nothing was due in that time."
  const kept = rerun === "all"
    ? "all of them get a run"
    : rerun === "failed"
    ? `${grouped(instants - started)} without a run, and those whose run failed, get one`
    : `${grouped(instants - started)} without a run get one`
  return `${many} ${instants === 1 ? "instant" : "instants"}: ${kept}.`
}

/** Fills instants of the past; says how many first. */
export const BackfillDialog = ({ it, now, onDone }: Props & { readonly now: number }) => {
  const span = useSignal<Span>({
    from: Math.floor(now / day - 7) * day,
    until: Math.floor(now / 60_000) * 60_000,
    parallelism: 1,
    rerun: "missing"
  })
  const { from, parallelism, rerun, until } = span.value
  const isSpan = from < until
  const { again, plan, problem } = usePreview(
    isSpan ? `${from} ${until}` : undefined,
    () => backfill.plan(it, span.value)
  )
  const change = (patch: Partial<Span>): void => void (span.value = { ...span.value, ...patch })
  return (
    <ActionDialog
      title={`Backfill ${it.name}`}
      verb="Start the backfill"
      isReady={isSpan && parallelism >= 1 && (plan?.instants ?? 0) > 0}
      command={backfill.command(it, span.value)}
      onDo={async () => {
        const { id } = await backfill.do(it, span.value)
        onDone()
        return `Backfill ${id} has begun`
      }}
    >
      <div class="field-row">
        {(["from", "until"] as const).map((name) => (
          <label key={name} class="field">
            <span>{name === "from" ? "From" : "Before"}</span>
            <input
              type="datetime-local"
              value={Number.isNaN(span.value[name]) ? "" : fieldOf(span.value[name])}
              onInput={(event) => change({ [name]: new Date(event.currentTarget.value).getTime() })}
            />
          </label>
        ))}
      </div>
      <div class="field-row">
        <label class="field">
          <span>Which instants</span>
          <select
            value={rerun}
            onChange={(event) => change({ rerun: event.currentTarget.value as Span["rerun"] })}
          >
            <option value="missing">without a run</option>
            <option value="failed">without a run, or failed</option>
            <option value="all">all of them</option>
          </select>
        </label>
        <label class="field">
          <span>Runs at once</span>
          <input
            type="number"
            min={1}
            step={1}
            value={Number.isNaN(parallelism) ? "" : parallelism}
            onInput={(event) => change({ parallelism: event.currentTarget.valueAsNumber })}
          />
        </label>
      </div>
      {problem !== undefined ? <Failure text={problem} again={again} /> : (
        <p class="plan-sum" role="status">
          {!isSpan
            ? "The first instant must be before the last."
            : plan === undefined
            ? "Counting…"
            : foresight(plan, span.value)}
        </p>
      )}
    </ActionDialog>
  )
}

/** Starts nothing more of a backfill. */
export const StopBackfillDialog = ({ id, it, onDone }: Props & { readonly id: string }) => {
  const open = it.backfills.find((one) => one.id === id)?.open.length ?? 0
  const runs = useSignal(false)
  return (
    <ActionDialog
      title={`Stop backfill ${id}`}
      verb="Stop the backfill"
      tone="danger"
      command={stopBackfill.command(it, id, runs.value)}
      onDo={async () => {
        await stopBackfill.do(it, id, runs.value)
        onDone()
        return `${id} starts nothing more`
      }}
    >
      <p>
        It starts nothing more. {open > 0 && !runs.value && `${counted(open, "run")} that it has begun will go on.`}
      </p>
      {open > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={runs.value}
            onChange={(event) => void (runs.value = event.currentTarget.checked)}
          />
          {`Also stop ${counted(open, "run")} that it has begun`}
        </label>
      )}
    </ActionDialog>
  )
}
