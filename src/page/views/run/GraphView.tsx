/** The graph of a run: what is planned, what is there, groups closed or opened in place. */
import { useSignal } from "@preact/signals"
import { useLayoutEffect, useMemo, useRef } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { GraphCanvas } from "../../graph/GraphCanvas.tsx"
import { GraphMap } from "../../graph/GraphMap.tsx"
import { graphOf, type GraphVertex, nearOf } from "../../graph/model.ts"
import type { Scenery } from "../../graph/Scenery.ts"
import type { Drawn } from "../../graph/sight.ts"
import { useLayout } from "../../graph/useLayout.ts"
import { Empty } from "../../parts/Notice.tsx"
import { now } from "../../state/clock.ts"
import { asked, show } from "../../state/route.ts"
import { counted } from "../../state/words.ts"
import { criticalOf } from "../../timeline/rows.ts"
import { useEvents } from "./events.tsx"
import type { RunScene } from "./scene.ts"

const none: ReadonlySet<string> = new Set()
/** More steps around a node are not shown apart. */
const mostSteps = 3
const isChosen = (node: string) => (it: GraphVertex): boolean => it.node?.path === node || it.id === node
const choose = ({ id, node }: GraphVertex): void => show({ node: node?.path ?? id })

/** The view. */
export const GraphView = ({ scene }: { readonly scene: RunScene }) => {
  const scenery = useRef<Scenery>(undefined)
  const ready = useSignal<Scenery | undefined>(undefined)
  const opened = useSignal<ReadonlyMap<string, boolean>>(new Map())
  const isCritical = useSignal(false)
  const node = asked("node")
  const { hasFlow, planned } = scene.open.history
  const isTold = useEvents(scene.open, hasFlow || isCritical.value)
  const whole = useMemo(() => graphOf(scene.run, planned, opened.value), [scene.run, planned, opened.value])
  const steps = Number(asked("near"))
  const middle = whole.vertices.findIndex(isChosen(node))
  const graph = useMemo(
    () => steps > 0 && middle >= 0 ? nearOf(whole, middle, steps) : whole,
    [whole, steps, middle]
  )
  const laid = useLayout(graph)
  const critical = useMemo(
    () => isCritical.value && isTold ? criticalOf(scene, now.peek()).paths : none,
    [scene.run, isCritical.value, isTold]
  )
  const drawn = useMemo(
    (): Drawn | undefined => laid === undefined ? undefined : { graph, laid, chosen: node, critical },
    [laid, graph, node, critical]
  )
  const toggle = ({ holds, id, within }: GraphVertex): void => {
    if (holds > 0) opened.value = new Map(opened.value).set(id, true)
    else if (within.length > 0) opened.value = new Map(opened.value).set(within.at(-1)!, false)
  }
  const at = graph.vertices.findIndex(isChosen(node))
  const step = (by: number): void => {
    const to = graph.vertices[Math.max(0, Math.min(graph.vertices.length - 1, at + by))]
    if (to !== undefined) choose(to)
  }
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => {
      if (middle >= 0) show({ near: steps < mostSteps ? String(steps + 1) : "" }, true)
    },
    c: () => void (isCritical.value = !isCritical.value),
    "0": () => scenery.current!.fit(),
    "+": () => scenery.current!.zoom(1.25),
    "-": () => scenery.current!.zoom(0.8),
    Enter: () => {
      if (at >= 0) toggle(graph.vertices[at]!)
    }
  }
  useLayoutEffect(() => takeKeys(keys), [graph, node, steps])
  if (graph.vertices.length === 0) {
    return (
      <Empty title="Nothing to draw yet" sign="clock">
        <p>The graph appears with the first node.</p>
      </Empty>
    )
  }
  return (
    <div class="graph-view">
      <div class="float-tools">
        {graph.closed > 0 && (
          <span class="faint">{counted(graph.closed, "large group")} closed; double click opens one</span>
        )}
        {middle >= 0 && (
          <button type="button" aria-pressed={steps > 0} title="Only what is near the chosen node (n)" onClick={keys.n}>
            {steps > 0 ? `Near: ${counted(steps, "step")}` : "Near"}
          </button>
        )}
        <button type="button" aria-pressed={isCritical.value} title="Critical path (c)" onClick={keys.c}>
          Critical path
        </button>
        <button type="button" class="icon-button" aria-label="Smaller" title="Smaller (-)" onClick={keys["-"]}>
          −
        </button>
        <button type="button" class="icon-button" aria-label="Larger" title="Larger (+)" onClick={keys["+"]}>+</button>
        <button type="button" title="Show all (0)" onClick={keys["0"]}>Fit</button>
      </div>
      <GraphCanvas
        key={graph === whole ? "" : `${node} ${steps}`}
        drawn={drawn}
        label={`Graph of ${counted(graph.vertices.length, "node")}; the tree has the same`}
        onChoose={choose}
        onToggle={toggle}
        onReady={(it) => {
          scenery.current = it
          ready.value = it
        }}
      />
      {ready.value !== undefined && <GraphMap scenery={ready.value} />}
    </div>
  )
}
