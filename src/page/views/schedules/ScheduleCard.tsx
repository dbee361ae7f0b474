/** One schedule: its state, its next instants, what became of the last ones. */
import { Icon, type Sign } from "../../parts/Icon.tsx"
import { Banner } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Time } from "../../parts/Time.tsx"
import { times } from "../../state/settings.ts"
import { linkTo } from "../../state/route.ts"
import { counted, duration, grouped, inZone } from "../../state/words.ts"
import type { DialogKind } from "../run/dialogKinds.ts"
import type { Backfill, Fire, Schedule } from "./schedules.ts"

const signs: Readonly<Record<Fire["outcome"], Sign>> = {
  started: "play",
  queued: "hands",
  skipped: "skip",
  missed: "dash"
}
const causes: Readonly<Record<Fire["cause"], string>> = {
  time: "",
  catchUp: "caught up",
  backfill: "backfill",
  trigger: "by hand"
}

/** The sign of an instant: the phase of its run, else why there is none. */
const FireDot = ({ it }: { readonly it: Fire }) =>
  it.phase === undefined
    ? (
      <span class={`dot tone-${it.outcome === "missed" ? "error" : it.outcome === "queued" ? "wait" : "skipped"}`}>
        <Icon sign={signs[it.outcome]} size={12} />
      </span>
    )
    : <PhaseDot phase={it.phase} />

const wordOf = ({ outcome, phase }: Fire): string => outcome === "started" ? phase ?? "Started" : outcome

const FireLine = ({ it }: { readonly it: Fire }) => (
  <li>
    <FireDot it={it} />
    <span class="fire-due">
      <Time at={Date.parse(it.due)} />
    </span>
    <span class="fire-what">
      {it.run === undefined
        ? <span class="fire-word">{wordOf(it)}</span>
        : <a href={linkTo(["runs", it.run])}>{it.run}</a>}
      {(it.many ?? 1) > 1 && <span class="faint">{` ${grouped(it.many!)} instants`}</span>}
      {causes[it.cause] !== "" && <span class="tag">{causes[it.cause]}</span>}
      {it.why !== undefined && it.why !== "" && <span class="faint fire-why">{it.why}</span>}
    </span>
  </li>
)

/** The last instants, the oldest first, so that time goes to the right. */
const Strip = ({ fires }: { readonly fires: ReadonlyArray<Fire> }) => {
  const words = new Map<string, number>()
  for (const fire of fires) words.set(wordOf(fire), (words.get(wordOf(fire)) ?? 0) + 1)
  const said = [...words].map(([word, count]) => `${count} ${word}`).join(", ")
  return (
    <span class="strip" role="img" aria-label={`The last ${fires.length}: ${said}`}>
      {fires.toReversed().map((it) => <FireDot key={it.due} it={it} />)}
    </span>
  )
}

const Next = ({ it }: { readonly it: Schedule }) => (
  <div>
    <h3>Next</h3>
    {it.paused !== undefined ? <p class="faint">Nothing, while it is paused.</p> : !it.isKnown
      ? (
        <p class="faint">
          Only its module knows: start the server with it, as in <code>pinnace ui flow.ts</code>.
        </p>
      )
      : it.next.length === 0
      ? <p class="faint">It is never due again.</p>
      : (
        <ol class="instants">
          {it.next.map((at, index) => (
            <li key={at}>
              <strong>
                <Time at={Date.parse(at)} />
              </strong>
              {(index === 0 || times.value === "relative") && (
                <span class="faint">{inZone(Date.parse(at), it.zone, times.value === "utc")}</span>
              )}
            </li>
          ))}
        </ol>
      )}
  </div>
)

const Last = ({ it }: { readonly it: Schedule }) => (
  <div>
    <h3>
      Last {it.fires.length > 1 && <Strip fires={it.fires} />}
    </h3>
    {it.fires.length === 0 ? <p class="faint">Nothing was due yet.</p> : (
      <ul class="fires">
        {it.fires.slice(0, 5).map((fire) => <FireLine key={`${fire.due} ${fire.run ?? ""}`} it={fire} />)}
      </ul>
    )}
  </div>
)

/** A timing with its spans as people say them. */
const readable = (when: string): string =>
  when.replace(/\b(\d{4,}) ms\b/g, (_, ms: string) => duration(Number(ms)).replace(/ 00 [mhs]$/, ""))

interface Props {
  readonly it: Schedule
  readonly canAct: boolean
  readonly onAct: (is: DialogKind, id?: string) => void
}

const Filling = ({ canAct, it, onStop }: {
  readonly it: Backfill
  readonly canAct: boolean
  readonly onStop: () => void
}) => {
  const [from, until, at] = [it.from, it.until, it.at].map((text) => Date.parse(text)) as [number, number, number]
  const share = Math.min(1, Math.max(0, (at - from) / (until - from)))
  return (
    <div class="filling">
      <span>
        <strong>{it.id}</strong> fills <Time at={from} /> to <Time at={until} />: {it.succeeded} succeeded, {it.failed}
        {" "}
        failed, {it.open.length} running
      </span>
      <span class="lock-bar" role="img" aria-label={`${Math.round(share * 100)} % done`}>
        <i class="tone-running" style={{ width: `${share * 100}%` }} />
      </span>
      {canAct && <button type="button" onClick={onStop}>Stop…</button>}
    </div>
  )
}

const policies: Readonly<Record<string, string>> = {
  Allow: "runs may be open side by side",
  Forbid: "never two runs at once",
  Replace: "a new run replaces an open one"
}

const labels = { schedule: "pinnace/schedule", cron: "workflows.argoproj.io/cron-workflow" } as const

const Actions = ({ canAct, it, onAct }: Props) => (
  <div class="card-actions">
    <a class="button" href={linkTo(["runs"], { q: `label:${labels[it.kind]}=${it.name}` })}>Runs</a>
    {canAct && (
      <>
        {it.kind === "schedule" && it.isKnown && (
          <button type="button" onClick={() => onAct("backfill")}>Backfill…</button>
        )}
        {(it.kind === "schedule" || it.canPause === true) && (
          <button
            type="button"
            onClick={() => onAct(it.paused === undefined ? "pause" : "unpause")}
          >
            {it.paused === undefined ? "Pause…" : "Resume…"}
          </button>
        )}
        {it.isKnown && <button type="button" onClick={() => onAct("trigger")}>Run now…</button>}
      </>
    )}
  </div>
)

const State = ({ it }: { readonly it: Schedule }) => (
  <span class={`badge tone-${it.paused === undefined ? "succeeded" : "wait"}`}>
    <span class={`dot tone-${it.paused === undefined ? "succeeded" : "wait"}`}>
      <Icon sign={it.paused === undefined ? "check" : "pause"} size={12} />
    </span>
    <span>{it.paused === undefined ? "On" : "Paused"}</span>
  </span>
)

/** The card. */
export const ScheduleCard = (props: Props) => {
  const { canAct, it, onAct } = props
  return (
    <article class="card" aria-label={it.name}>
      <header>
        <h2>{it.name}</h2>
        <State it={it} />
        <span class="tag">{it.kind === "cron" ? "CronWorkflow" : "TypeScript"}</span>
        <div class="grow" />
        <Actions {...props} />
      </header>
      <p class="card-about">
        <code>{readable(it.when)}</code>
        {it.zone !== undefined && it.zone !== "" && <span class="faint">{it.zone}</span>}
        <span class="faint">
          runs <a href={linkTo(["workflows"], { name: it.workflow })}>{it.workflow}</a>
        </span>
        {it.policy !== undefined && <span class="faint">{policies[it.policy] ?? it.policy}</span>}
        {it.open.length > 0 && <span class="faint">{counted(it.open.length, "open run")}</span>}
        {it.queued.length > 0 && <span class="faint">{it.queued.length} wait for their turn</span>}
        {it.failures > 1 && <span class="bad">{it.failures} in a row did not succeed</span>}
      </p>
      {it.problem !== undefined && <Banner tone="error">{it.problem}</Banner>}
      {it.paused !== undefined && (
        <p class="card-about">
          <span class="faint">Paused: {it.paused}</span>
          {it.canPause === false && <span class="faint">Edit {it.file} to change that.</span>}
        </p>
      )}
      <div class="card-columns">
        <Next it={it} />
        <Last it={it} />
      </div>
      {it.backfills.map((one) => (
        <Filling
          key={one.id}
          it={one}
          canAct={canAct}
          onStop={() => onAct("stopBackfill", one.id)}
        />
      ))}
    </article>
  )
}
