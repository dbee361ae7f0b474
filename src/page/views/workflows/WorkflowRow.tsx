/** One workflow: how its last runs went, and what can be done with it. */
import { Icon } from "../../parts/Icon.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Time } from "../../parts/Time.tsx"
import { linkTo } from "../../state/route.ts"
import { counted, duration } from "../../state/words.ts"
import { isTerminal, type Phase } from "../../../run/Phase.ts"
import { type Statistics, successRate, type Told } from "../../../view/statistics.ts"
import type { Listed } from "./workflows.ts"

const lengthOf = ({ finishedAt, startedAt }: Told): number =>
  finishedAt === undefined || startedAt === undefined ? 0 : finishedAt - startedAt

/** The last runs as bars, the newest at the right: as high as they were long, and marked where they did not succeed. */
export const Bars = ({ runs }: { readonly runs: ReadonlyArray<Told> }) => {
  const longest = Math.max(1, ...runs.map(lengthOf))
  const bad = runs.filter(({ phase }) => isTerminal(phase as Phase) && phase !== "Succeeded").length
  return (
    <div class="run-bars" role="group" aria-label={`The last ${counted(runs.length, "run")}, ${bad} without success`}>
      {runs.toReversed().map((run) => (
        <a
          key={run.id}
          href={linkTo(["runs", run.id])}
          class={`tone-${run.phase.toLowerCase()}`}
          title={`${run.id}: ${run.phase}${run.finishedAt === undefined ? "" : `, ${duration(lengthOf(run))}`}`}
          aria-label={`${run.id}, ${run.phase}`}
        >
          <i style={{ height: `${Math.max(12, Math.sqrt(lengthOf(run) / longest) * 100)}%` }} />
        </a>
      ))}
    </div>
  )
}

/** How the last runs went, in numbers. */
export const Numbers = ({ it }: { readonly it: Statistics }) => {
  const rate = successRate(it)
  if (it.of === 0) return <p class="faint">Has not run yet.</p>
  return (
    <dl class="numbers">
      <div title={`${it.succeeded} of ${it.succeeded + it.failed} ended runs, of the last ${it.of}`}>
        <dt>Succeeded</dt>
        <dd class={rate !== undefined && rate < 90 ? "bad" : ""}>{rate === undefined ? "–" : `${rate} %`}</dd>
      </div>
      <div title="Half of the runs that succeeded took no longer">
        <dt>Typical</dt>
        <dd>{it.p50 === undefined ? "–" : duration(it.p50)}</dd>
      </div>
      <div title="95 % of the runs that succeeded took no longer">
        <dt>p95</dt>
        <dd>{it.p95 === undefined ? "–" : duration(it.p95)}</dd>
      </div>
      <div>
        <dt>Last</dt>
        <dd>
          <PhaseDot phase={it.runs[0]!.phase} />{" "}
          <a href={linkTo(["runs", it.runs[0]!.id])}>
            <Time at={it.runs[0]!.startedAt ?? it.runs[0]!.createdAt} />
          </a>
        </dd>
      </div>
    </dl>
  )
}

/** A file with mistakes: it stays listed, with where they are. */
export const BadFile = ({ it }: { readonly it: Listed }) => (
  <li class="flow bad-file">
    <div class="flow-name">
      <p>
        <Icon sign="warning" /> <strong>{it.name}</strong>
        <span class="tag">{counted(it.problems!.length, "mistake")}</span>
      </p>
      <ul>
        {it.problems!.slice(0, 20).map(({ column, hint, line, message }) => (
          <li key={`${line} ${column} ${message}`}>
            <code>{line}:{column}</code> {message} {hint !== "" && <span class="faint">{hint}</span>}
          </li>
        ))}
      </ul>
      <p class="faint">{it.file}</p>
    </div>
  </li>
)

const short = (file: string): string => file.split(/[/\\]/).at(-1)!

/** The row. */
export const WorkflowRow = (
  { canAct, isChosen, it, onStart }: {
    readonly it: Listed
    readonly isChosen: boolean
    readonly canAct: boolean
    readonly onStart: () => void
  }
) => (
  <li class={`flow ${isChosen ? "chosen" : ""}`} aria-label={it.name}>
    <div class="flow-name">
      <p>
        <a href={linkTo(["workflows", it.name])}>
          <strong>{it.name}</strong>
        </a>
        {it.kind !== "typed" && <span class="tag" title={it.file}>{it.kind}</span>}
      </p>
      {it.description !== undefined && <p class="faint">{it.description}</p>}
      {it.file !== undefined && <p class="faint" title={it.file}>{short(it.file)}</p>}
    </div>
    {it.statistics !== undefined && <Numbers it={it.statistics} />}
    {it.statistics !== undefined && it.statistics.of > 0 && <Bars runs={it.statistics.runs} />}
    <div class="card-actions">
      <a class="button" href={linkTo(["runs"], { q: `workflow:${it.workflow}` })}>Runs</a>
      {canAct && it.canStart && <button type="button" onClick={onStart}>Start…</button>}
    </div>
  </li>
)
