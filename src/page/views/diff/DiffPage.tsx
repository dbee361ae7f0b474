/** What differs between two runs, node by node. */
import { get } from "../../api/connection.ts"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Command } from "../../parts/Command.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { asked, linkTo, show } from "../../state/route.ts"
import { duration, grouped } from "../../state/words.ts"
import type { Difference as Told } from "../../../view/difference.ts"
import { Changes } from "./Changes.tsx"
import { DefinitionDiff } from "./DefinitionDiff.tsx"
import { Overlay } from "./Overlay.tsx"

type Difference = Pick<Told, "name" | "what"> & Partial<Pick<Told, "left" | "right">>
type Side = NonNullable<Told["left"]>

const Phase = ({ side }: { readonly side: Side | undefined }) =>
  side === undefined ? <span class="faint">not there</span> : (
    <span class="diff-side">
      <PhaseDot phase={side.phase} /> <span class="word">{side.phase}</span>{" "}
      <span class="faint">{duration(side.millis)}</span>
      {side.reused === true && <span class="tag">reused</span>}
    </span>
  )

/** In words; times as they stand beside them. */
const wordsFor = ({ left, right, what }: Difference): ReadonlyArray<string> =>
  what.map((words) =>
    words.startsWith("took ") && left !== undefined && right !== undefined
      ? `took ${duration(left.millis)} → ${duration(right.millis)}`
      : words
  )

const Opened = ({ it }: { readonly it: Difference }) => (
  <aside class="pane diff-pane" aria-label={`What differs in ${it.name}`}>
    <header>
      <h2 title={it.name}>{it.name}</h2>
      <div class="grow" />
      <button
        type="button"
        class="quiet icon-button"
        aria-label="Close"
        onClick={() =>
          show({ node: "" })}
      >
        <Icon sign="close" />
      </button>
    </header>
    <div class="pane-body" tabIndex={0} role="region" aria-label="The differences">
      <ul class="diff-words">
        {wordsFor(it).filter((words) =>
          !/^(?:input|output):/.test(words)
        ).map((words) => <li key={words}>{words}</li>)}
      </ul>
      <Changes title="Input" left={it.left?.input} right={it.right?.input} />
      <Changes title="Output" left={it.left?.output} right={it.right?.output} />
    </div>
  </aside>
)

const Table = ({ left, right, rows }: {
  readonly left: string
  readonly right: string
  readonly rows: ReadonlyArray<Difference>
}) => {
  const chosen = asked("node")
  const opened = rows.find(({ name }) => name === chosen)
  if (rows.length === 0) {
    return (
      <Empty title="No differences" sign="check">
        <p>Phases, messages, attempts, inputs and outputs are the same.</p>
      </Empty>
    )
  }
  return (
    <div class={opened === undefined ? "split" : "split has-pane"}>
      <div class="split-main table">
        <VirtualList
          items={rows}
          height={48}
          keyOf={({ name }) => name}
          label="Differences"
          head={
            <div class="table-head diff-row">
              <span>Node</span>
              <span>{left}</span>
              <span>{right}</span>
              <span>What differs</span>
            </div>
          }
        >
          {(it) => (
            <button
              type="button"
              class={`diff-row ${it.name === chosen ? "chosen" : ""}`}
              aria-expanded={it.name === chosen}
              onClick={() => show({ node: it.name === chosen ? "" : it.name }, true)}
            >
              <span class="name" title={it.name}>{it.name}</span>
              <Phase side={it.left} />
              <Phase side={it.right} />
              <span class="diff-what" title={wordsFor(it).join("\n")}>{wordsFor(it).join("; ")}</span>
            </button>
          )}
        </VirtualList>
      </div>
      {opened !== undefined && <Opened it={opened} />}
    </div>
  )
}

const tabs: ReadonlyArray<readonly [key: string, title: string]> = [["", "What differs"], ["timeline", "Timeline"]]

const Tabs = () => (
  <div class="tabs" role="tablist" aria-label="Views">
    {tabs.map(([key, title]) => (
      <button
        key={key}
        id={`view-${key}`}
        type="button"
        role="tab"
        aria-selected={asked("view") === key}
        aria-controls="view"
        onClick={() => show({ view: key, node: "" })}
      >
        {title}
      </button>
    ))}
  </div>
)

/** The page. */
export const DiffPage = ({ left, right }: { readonly left: string; readonly right: string }) => {
  const { problem, value } = useLoaded(
    `${left}\n${right}`,
    () => get<ReadonlyArray<Difference>>(`/runs/${encodeURIComponent(left)}/diff?with=${encodeURIComponent(right)}`),
    true
  )
  const view = asked("view")
  return (
    <section class="page" aria-labelledby="diff-title">
      <header class="page-head">
        <h1 id="diff-title">Differences</h1>
        {value.value !== undefined && <span class="faint">{grouped(value.value.length)}</span>}
        <div class="grow" />
        <a class="button" href={linkTo(["diff", right, left], { view })}>
          <Icon sign="again" size={14} /> Swap
        </a>
      </header>
      <div class="toolbar">
        <a href={linkTo(["runs", left])}>{left}</a> <span class="faint">and</span>{" "}
        <a href={linkTo(["runs", right])}>{right}</a>
        <div class="grow" />
        <Command args={["diff", left, right]} />
      </div>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      <DefinitionDiff left={left} right={right} />
      <Tabs />
      <div class="view" id="view" role="tabpanel" aria-labelledby={`view-${view}`}>
        {view === "timeline"
          ? <Overlay left={left} right={right} />
          : value.value === undefined
          ? problem.value === "" && <Loading label="Comparing the runs" />
          : <Table left={left} right={right} rows={value.value} />}
      </div>
    </section>
  )
}
