/** How a workflow is made: the graph of one of code, the text of one of a manifest. */
import { useSignal } from "@preact/signals"
import { useMemo, useRef } from "preact/hooks"
import { verticesOf } from "../../../view/edges.ts"
import type { PlanJson } from "../../../plan/drawing.ts"
import { GraphCanvas } from "../../graph/GraphCanvas.tsx"
import { graphOf, type GraphVertex } from "../../graph/model.ts"
import type { Scenery } from "../../graph/Scenery.ts"
import { boundsOf, type Drawn } from "../../graph/sight.ts"
import { useLayout } from "../../graph/useLayout.ts"
import { Copy } from "../../parts/Command.tsx"
import { counted } from "../../state/words.ts"
import type { Described } from "./workflows.ts"

/** How high the picture is, in pixels. */
const [least, most] = [160, 420]
const nothing = { isManifest: false, nodes: [], handlers: [] }
const none: ReadonlySet<string> = new Set()

const Graph = ({ plan }: { readonly plan: PlanJson }) => {
  const scenery = useRef<Scenery>(undefined)
  const chosen = useSignal("")
  const opened = useSignal<ReadonlyMap<string, boolean>>(new Map())
  const planned = useMemo(() => verticesOf(plan), [plan])
  const graph = useMemo(() => graphOf(nothing, planned, opened.value), [planned, opened.value])
  const laid = useLayout(graph)
  const drawn = useMemo(
    (): Drawn | undefined =>
      laid === undefined ? undefined : { graph, laid, chosen: chosen.value, critical: none, isPlan: true },
    [graph, laid, chosen.value]
  )
  const bounds = drawn === undefined ? undefined : boundsOf(drawn)
  const height = bounds === undefined ? least : Math.max(least, Math.min(most, bounds.bottom - bounds.top + 90))
  const toggle = ({ holds, id, within }: GraphVertex): void => {
    if (holds > 0) opened.value = new Map(opened.value).set(id, true)
    else if (within.length > 0) opened.value = new Map(opened.value).set(within.at(-1)!, false)
  }
  return (
    <div class="graph-view definition-graph" style={{ height: `${height}px` }}>
      <div class="float-tools">
        <button type="button" onClick={() => scenery.current!.fit()}>Fit</button>
      </div>
      <GraphCanvas
        isEmbedded
        drawn={drawn}
        label={`Graph of ${counted(graph.vertices.length, "node")} that are planned`}
        onChoose={({ id }) => void (chosen.value = id)}
        onToggle={toggle}
        onReady={(it) => void (scenery.current = it)}
      />
    </div>
  )
}

/** The card. */
export const DefinitionCard = ({ it: { file, graph, text } }: { readonly it: Described }) => (
  <section class="card definition-card" aria-label="Definition">
    <header>
      <h2>Definition</h2>
      {file !== undefined && <span class="faint">{file}</span>}
      <div class="grow" />
      {text !== undefined && <Copy text={text} label="Copy the definition" />}
    </header>
    {graph !== null &&
      (verticesOf(graph).length === 0
        ? <p class="faint">It has no nodes that are planned.</p>
        : <Graph plan={graph} />)}
    {text !== undefined && <pre class="preview-text" tabIndex={0} role="region" aria-label="Its text">{text}</pre>}
  </section>
)
