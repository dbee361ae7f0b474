/** One workflow: how its runs went, which definitions they had, what it takes, how it is made, and its start. */
import { useEffect } from "preact/hooks"
import { get } from "../../api/connection.ts"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Time, Took } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { linkTo } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { counted } from "../../state/words.ts"
import { dialog } from "../run/scene.ts"
import { DefinitionCard } from "./DefinitionCard.tsx"
import { StartDialog } from "./StartDialog.tsx"
import { Takes } from "./Takes.tsx"
import { Bars, Numbers } from "./WorkflowRow.tsx"
import type { History, Version } from "../../../view/statistics.ts"
import { readWorkflow } from "./workflows.ts"

const LastRuns = ({ history: { statistics: { runs }, workflow } }: { readonly history: History }) => (
  <section class="card" aria-label="Last runs">
    <header>
      <h2>Last runs</h2>
      <div class="grow" />
      <a class="link" href={linkTo(["runs"], { q: `workflow:${workflow}` })}>All in the list</a>
    </header>
    <ul class="last-runs">
      {runs.slice(0, 10).map(({ createdAt, finishedAt, id, phase, startedAt }) => (
        <li key={id}>
          <PhaseDot phase={phase} />
          <a href={linkTo(["runs", id])} title={`${id}, ${phase}`}>{id}</a>
          <span class="faint">
            <Time at={startedAt ?? createdAt} />
          </span>
          <span class="faint right">
            <Took from={startedAt} to={finishedAt} />
          </span>
        </li>
      ))}
    </ul>
  </section>
)

const Versions = ({ versions }: { readonly versions: ReadonlyArray<Version> }) => (
  <section class="card" aria-label="Versions">
    <header>
      <h2>Versions</h2>
      <span class="faint">of the last 100 runs</span>
    </header>
    <ul class="last-runs versions">
      {versions.map(({ digest, failed, last, run, runs }, at) => {
        const before = versions[at + 1]
        return (
          <li key={digest}>
            <code title={digest}>{digest.slice(0, 8)}</code>
            <span>
              {counted(runs, "run")}
              {failed > 0 && <span class="bad">, {failed} failed</span>}
            </span>
            <a href={linkTo(["runs", run])} class="faint" title={`Its last run: ${run}`}>
              <Time at={last} />
            </a>
            {before === undefined
              ? <span class="faint right">the first known</span>
              : <a class="right" href={linkTo(["diff", before.run, run])}>What changed</a>}
          </li>
        )
      })}
    </ul>
  </section>
)

const OtherVersions = ({ names }: { readonly names: ReadonlyArray<string> }) =>
  names.length === 0 ? null : (
    <p>
      Other versions: {names.map((it, at) => (
        <span key={it}>
          {at > 0 && ", "}
          <a href={linkTo(["workflows", it])}>{it}</a>
        </span>
      ))}
    </p>
  )

/** The page. */
export const WorkflowPage = ({ name }: { readonly name: string }) => {
  const path = `/workflows/${encodeURIComponent(name)}`
  const described = useLoaded(path, async () => ({ it: await readWorkflow(name) }))
  const history = useLoaded(path, () => get<History>(`${path}/history`), true)
  useEffect(() => {
    document.title = `${name} · Pinnace`
  }, [name])
  const problem = described.problem.value || history.problem.value
  const isRead = described.value.value !== undefined && history.value.value !== undefined
  const it = described.value.value?.it
  const past = history.value.value
  const hasRun = past !== undefined && past.statistics.of > 0
  return (
    <section class="page" aria-labelledby="workflow-title">
      <header class="page-head">
        <a class="back" href={linkTo(["workflows"])} aria-label="All workflows">
          <Icon sign="back" />
        </a>
        <h1 id="workflow-title" title={name}>{name}</h1>
        {it !== undefined && it.kind !== "typed" && <span class="tag">{it.kind}</span>}
        <div class="grow" />
        {it !== undefined && it.canStart !== false && canAct() && (
          <button
            type="button"
            class="primary"
            onClick={() => void (dialog.value = { is: "start" })}
          >
            Start…
          </button>
        )}
      </header>
      {problem !== "" && <Banner tone="error">{problem}</Banner>}
      {!isRead
        ? problem === "" && <Loading label="Reading the workflow" />
        : it === undefined && !hasRun && past!.others.length === 0
        ? (
          <Empty title={`There is no workflow ${name}`} sign="flow">
            <p>No run has this workflow, and this server does not know it.</p>
            <p>
              <a href={linkTo(["workflows"])}>Look at all workflows</a>
            </p>
          </Empty>
        )
        : (
          <div class="scroll workflow-page">
            <OtherVersions names={past!.others} />
            {it === undefined && (
              <Banner>
                This server does not know the definition of{" "}
                {name}: it cannot be started here. Name its file when you start the server: <code>pinnace ui FILE</code>
              </Banner>
            )}
            {it?.description !== undefined && <p>{it.description}</p>}
            <div class="workflow-numbers">
              <Numbers it={past!.statistics} />
              {hasRun && <Bars runs={past!.statistics.runs} />}
            </div>
            <div class="workflow-cards">
              {hasRun && <LastRuns history={past!} />}
              {hasRun && <Versions versions={past!.versions} />}
              {it !== undefined && <Takes it={it} />}
            </div>
            {it !== undefined && (it.graph !== null || it.text !== undefined) && <DefinitionCard it={it} />}
          </div>
        )}
      {dialog.value?.is === "start" && it !== undefined && (
        <StartDialog it={{ canStart: true, workflow: past?.workflow ?? name, ...it }} />
      )}
    </section>
  )
}
