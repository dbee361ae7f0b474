/** The nodes of a run as a tree: the truth, of which graph and timeline are pictures. */
import { useSignal } from "@preact/signals"
import { useLayoutEffect, useMemo } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { nodeKeys } from "../../filter/nodeFields.ts"
import { FilterBox } from "../../parts/FilterBox.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { PhaseCounts, PhaseDot, phaseWord } from "../../parts/Phase.tsx"
import { Took } from "../../parts/Time.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { past, readClock } from "../../state/clock.ts"
import { asked, show } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { counted } from "../../state/words.ts"
import { asksAnswer, dialog, type RunScene } from "./scene.ts"
import { nextFailure, type TreeRow, treeRows } from "./treeRows.ts"

const Share = ({ row: { node }, scene: { run } }: { readonly row: TreeRow; readonly scene: RunScene }) => {
  if (node.startedAt === 0) return <span class="share" />
  const end = run.finishedAt || past.value || readClock()
  const whole = Math.max(1, end - run.createdAt)
  const from = ((node.startedAt - run.createdAt) / whole) * 100
  const width = (((node.finishedAt || end) - node.startedAt) / whole) * 100
  return (
    <span class="share" aria-hidden="true">
      <i
        class={`tone-${node.phase.toLowerCase()}`}
        style={{ left: `${Math.min(99, from)}%`, width: `${Math.max(1, width)}%` }}
      />
    </span>
  )
}

/** What it runs; of a manifest also the type, which tells there what a node is. */
const whatItIs = ({ node: { runs, type } }: TreeRow, { run }: RunScene): string =>
  runs === "" ? type : run.isManifest ? `${type} · ${runs}` : runs

const Row = (
  { isChosen, isStop, onOpen, row, scene }: {
    readonly row: TreeRow
    readonly isChosen: boolean
    /** Whether Tab comes to it: to one of the rows, from which arrows lead on. */
    readonly isStop: boolean
    readonly onOpen: () => void
    readonly scene: RunScene
  }
) => {
  const { counts, depth, isContext, node, opens } = row
  const attempts = node.attempt > 1 || node.attempts > 1
  return (
    <div
      class={`tree-row ${isChosen ? "chosen" : ""} ${isContext ? "context" : ""} ${
        node.keptFrom === undefined ? "" : "kept"
      }`}
      role="treeitem"
      tabIndex={isStop ? 0 : -1}
      aria-level={depth + 1}
      aria-selected={isChosen}
      aria-expanded={opens === "no" ? undefined : opens === "open"}
      onClick={() => show({ node: node.path })}
      onDblClick={onOpen}
    >
      <span class="tree-name" style={{ paddingLeft: `${depth * 18}px` }}>
        <button
          type="button"
          class={`twist ${opens}`}
          tabIndex={-1}
          aria-label={opens === "open" ? "Close" : "Open"}
          disabled={opens === "no"}
          onClick={(event) => {
            event.stopPropagation()
            onOpen()
          }}
        >
          <Icon sign="chevron" size={12} />
        </button>
        <PhaseDot phase={node.phase} waiting={node.waiting} />
        <span class="name" title={node.name}>{node.label}</span>
        {opens !== "no" && <PhaseCounts counts={counts} />}
      </span>
      <span class="tree-runs faint" title={`${node.type} ${node.runs}`.trim()}>{whatItIs(row, scene)}</span>
      <span class="tree-state">
        <span class="word">{phaseWord(node.phase, node.waiting)}</span>
        {attempts && (
          <span class="tag" title="Attempt">{node.attempt}{node.attempts > 0 ? `/${node.attempts}` : ""}</span>
        )}
        {(node.reused !== undefined || scene.open.history.memo(node.path, scene.seq)?.hit === true) && (
          <span class="tag" title={node.keptFrom === undefined ? "Memoized" : `Its result is that of ${node.keptFrom}`}>
            from cache
          </span>
        )}
        <span class="message" title={node.message}>
          {node.keptFrom === undefined ? node.message || node.progress : `kept from ${node.keptFrom}`}
        </span>
      </span>
      <Share row={row} scene={scene} />
      <span class="right">
        <Took from={node.startedAt} to={node.finishedAt} />
      </span>
    </div>
  )
}

/** The view. */
export const TreeView = ({ scene }: { readonly scene: RunScene }) => {
  const chosen = useSignal<ReadonlyMap<string, boolean>>(new Map())
  const filter = asked("q")
  const { hidden, rows } = useMemo(
    () => treeRows(scene.run, filter, chosen.value, readClock()),
    [scene.run, filter, chosen.value]
  )
  const node = asked("node")
  const at = rows.findIndex((it) => it.node.path === node)
  const open = (row: TreeRow | undefined, wanted?: boolean): void => {
    if (row === undefined || row.opens === "no") return
    const next = wanted ?? row.opens === "closed"
    chosen.value = new Map(chosen.value).set(row.node.path, next)
  }
  const choose = (to: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))]
    if (row !== undefined) show({ node: row.node.path }, node !== "")
  }
  useLayoutEffect(() =>
    takeKeys({
      j: () => choose(at + 1),
      k: () => choose(at < 0 ? 0 : at - 1),
      ArrowRight: () => rows[at]?.opens === "open" ? choose(at + 1) : open(rows[at], true),
      ArrowLeft: () => {
        const row = rows[at]
        if (row?.opens === "open") open(row, false)
        else if (row !== undefined) choose(rows.slice(0, at).findLastIndex((it) => it.depth < row.depth))
      },
      f: () => jump(1),
      F: () => jump(-1),
      Enter: () => choose(Math.max(0, at)),
      w: () => show({ node: node || rows[0]?.node.path || "", tab: "why" }),
      a: () => {
        const asking = rows.filter((it) => asksAnswer(it.node))
        const waiting = asking.find((it) => it.node.path === node) ?? asking[0]
        if (waiting !== undefined && scene.isLive && canAct()) dialog.value = { is: "signal", node: waiting.node.path }
      }
    }), [rows, at])
  // Where arrows lead, the focus of one who came by Tab goes along.
  useLayoutEffect(() => {
    if (document.activeElement?.role !== "treeitem") return
    document.querySelector<HTMLElement>("[aria-selected=true][role=treeitem]")?.focus()
  }, [node])
  const jump = (step: 1 | -1): void => {
    const path = nextFailure(rows, node, step)
    if (path !== undefined) show({ node: path }, node !== "")
  }
  const all = (is: boolean): void => {
    const every = [...scene.nodes.values()].filter((it) => it.children.length > 0)
    chosen.value = new Map(every.map(({ path }) => [path, is]))
  }
  return (
    <div class="tree-view">
      <div class="toolbar">
        <FilterBox value={filter} onChange={(q) => show({ q }, true)} label="Filter nodes" keys={nodeKeys} />
        <div class="grow" />
        <button type="button" class="quiet" onClick={() => all(true)}>Open all</button>
        <button type="button" class="quiet" onClick={() => all(false)}>Close all</button>
      </div>
      {hidden > 0 && (
        <p class="hidden-note" role="status">
          The filter hides {counted(hidden, "node")}.{" "}
          <button type="button" class="link" onClick={() => show({ q: "" })}>Clear it</button>
        </p>
      )}
      {rows.length === 0
        ? hidden > 0 ? null : (
          <Empty title="Nothing has begun yet" sign="clock">
            <p>Nodes show up here as soon as they begin.</p>
          </Empty>
        )
        : (
          <VirtualList items={rows} height={30} keyOf={(row) => row.node.path} reveal={at} label="Nodes" role="tree">
            {(row) => (
              <Row
                row={row}
                isChosen={row.node.path === node}
                isStop={row === (rows[at] ?? rows[0])}
                onOpen={() => open(row)}
                scene={scene}
              />
            )}
          </VirtualList>
        )}
    </div>
  )
}
