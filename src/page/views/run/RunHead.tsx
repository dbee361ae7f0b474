/** The head of a run: what it is, how far, why not further, what can be done. */
import { useSignal } from "@preact/signals"
import { useEffect, useMemo } from "preact/hooks"
import { get } from "../../api/connection.ts"
import { Copy } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { PhaseBadge } from "../../parts/Phase.tsx"
import { Time, Took } from "../../parts/Time.tsx"
import { linkTo, show } from "../../state/route.ts"
import { now } from "../../state/clock.ts"
import { times } from "../../state/settings.ts"
import { duration, exact, grouped } from "../../state/words.ts"
import { isHandler } from "../../../run/path.ts"
import { runView } from "../../../run/view.ts"
import { works } from "../../../view/RunView.ts"
import { statusOf } from "../runs/RunRow.tsx"
import { Actions } from "./Actions.tsx"
import { lowestCauses } from "./causes.ts"
import type { RunScene } from "./scene.ts"

const Fact = ({ children, name }: { readonly name: string; readonly children: preact.ComponentChildren }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/** The least time between two estimates; what is dear is asked for less often. */
const pause = 5_000

/** When an open run will have ended, by earlier ones; 0 where nothing tells. */
const useEnd = (id: string, isOpen: boolean): number => {
  const end = useSignal(0)
  useEffect(() => {
    if (!isOpen) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let isCurrent = true
    const ask = async (): Promise<void> => {
      const began = performance.now()
      const told = await get<{ readonly left: number; readonly now: number } | null>(
        `/runs/${encodeURIComponent(id)}/estimate`
      ).catch(() => null)
      if (!isCurrent) return
      end.value = told === null ? 0 : told.now + told.left
      timer = setTimeout(() => void ask(), Math.max(pause, 20 * (performance.now() - began)))
    }
    void ask()
    return () => {
      isCurrent = false
      clearTimeout(timer)
      end.value = 0
    }
  }, [id, isOpen])
  return end.value
}

const Left = ({ scene: { isLive, isOpen, run } }: { readonly scene: RunScene }) => {
  const end = useEnd(run.id, isOpen && isLive)
  if (end === 0) return null
  const left = end - now.value
  return (
    <Fact name="Left">
      <span title={`By earlier runs, it ends about ${exact(end, times.value === "utc")}`}>
        {left < 1_000 ? "may end any moment" : `about ${duration(left)}`}
      </span>
    </Fact>
  )
}

const WaitLine = ({ scene }: { readonly scene: RunScene }) => {
  const causes = lowestCauses(scene.open.causes.value, scene.nodes)
  if (!scene.isOpen || causes.length === 0) return null
  return (
    <ul class="wait-line" aria-label="What it waits for">
      {causes.slice(0, 3).map(({ because, kind, label, path }) => (
        <li key={`${path} ${because}`} class={kind === "running" ? "is-running" : "is-waiting"}>
          <Icon sign={kind === "running" ? "play" : "clock"} size={13} />
          {path !== "" && (
            <button
              type="button"
              class="link"
              onClick={() => show({ node: path, tab: "" })}
            >
              {label}
            </button>
          )}
          <span>{because}</span>
        </li>
      ))}
      {causes.length > 3 && (
        <li class="faint">
          <button type="button" class="link" onClick={() => show({ q: "phase:Running,Pending", view: "" })}>
            {causes.length - 3} more
          </button>
        </li>
      )}
    </ul>
  )
}

/** How many of the nodes that work have failed, and how many are at work. */
const countsOf = (nodes: RunScene["nodes"]): { readonly failed: number; readonly running: number } => {
  let [failed, running] = [0, 0]
  const all = new Set(nodes.values())
  // An attempt that another one followed made nothing fail.
  const followed = new Set(
    [...all].flatMap(({ children, type }) =>
      type === "Retry" ? children.filter(({ path }) => !isHandler(path)).slice(0, -1) : []
    )
  )
  for (const node of all) {
    if (!works(node) || followed.has(node)) continue
    if (node.phase === "Failed" || node.phase === "Error") failed++
    if (node.phase === "Running" && node.waiting === "") running++
  }
  return { failed, running }
}

const Progress = ({ scene: { nodes, run } }: { readonly scene: RunScene }) => {
  const { failed, running } = useMemo(() => countsOf(nodes), [nodes])
  const of = Math.max(1, run.total)
  return (
    <div
      class="progress"
      role="img"
      aria-label={`${run.done} of ${run.total} nodes have ended, ${failed} of them failed`}
    >
      <i class="bar-good" style={{ width: `${(Math.max(0, run.done - failed) / of) * 100}%` }} />
      <i class="bar-bad" style={{ width: `${(failed / of) * 100}%` }} />
      <i class="bar-now" style={{ width: `${(running / of) * 100}%` }} />
    </div>
  )
}

/** The head. */
export const RunHead = ({ scene }: { readonly scene: RunScene }) => {
  const { open, run } = scene
  const row = runView(open.history.run(scene.seq)!)
  return (
    <header class="run-head">
      <div class="run-title">
        <a class="back" href={linkTo(["runs"])} aria-label="All runs">
          <Icon sign="back" />
        </a>
        <h1 id="run-title" title={run.id}>{run.id}</h1>
        <Copy text={run.id} label="Copy the id" />
        <PhaseBadge phase={run.phase} status={statusOf(row)} />
        <div class="grow" />
        <Actions scene={scene} />
      </div>
      <dl class="facts">
        <Fact name="Workflow">
          <a href={linkTo(["workflows", run.workflow])}>{run.workflow}</a>
        </Fact>
        {run.by !== undefined && (
          <Fact name="Started by">
            <span title={run.by}>{run.by}</span>
          </Fact>
        )}
        <Fact name="Started">
          <Time at={run.startedAt || run.createdAt} />
        </Fact>
        <Fact name="Took">
          <Took from={run.startedAt} to={run.finishedAt} />
        </Fact>
        <Left scene={scene} />
        <Fact name="Nodes">{grouped(run.done)} of {grouped(run.total)}</Fact>
        {row.origin !== undefined && (
          <Fact name="Made from">
            <a href={linkTo(["runs", row.origin])}>{row.origin}</a>
          </Fact>
        )}
        {Object.entries(run.labels).slice(0, 4).map(([name, value]) => (
          <Fact key={name} name={name}>{value || "–"}</Fact>
        ))}
      </dl>
      <Progress scene={scene} />
      {run.message !== "" && !scene.isOpen && (
        <p class={`run-message-line tone-${run.phase.toLowerCase()}`}>{run.message}</p>
      )}
      {scene.isLive && <WaitLine scene={scene} />}
    </header>
  )
}
