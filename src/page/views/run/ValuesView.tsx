/** What went into the run, what came out of it, and out of each of its nodes. */
import { useMemo } from "preact/hooks"
import { Json } from "../../parts/Json.tsx"
import { SearchBox } from "../../parts/SearchBox.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { asked, show } from "../../state/route.ts"
import { everyNode } from "../../../view/RunView.ts"
import type { RunScene } from "./scene.ts"

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? ""
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** The view. */
export const ValuesView = ({ scene }: { readonly scene: RunScene }) => {
  const { open, run, seq } = scene
  const row = open.history.run(seq)!
  const begin = open.history.events[row.inputSeq - 1]?.event
  const end = open.history.events[row.resultSeq - 1]?.event
  const input = begin !== undefined && "input" in begin ? begin.input : undefined
  const output = end !== undefined && "ending" in end ? end.ending.output : undefined
  const text = asked("find").toLowerCase()
  const nodes = useMemo(() =>
    everyNode(run).flatMap((node) => {
      const values = open.history.values(node.path, seq)
      const shown = [
        values.input === undefined ? "" : brief(values.input),
        values.output === undefined ? "" : brief(values.output)
      ]
      if (shown[0] === "" && shown[1] === "") return []
      return text === "" || `${node.name} ${shown.join(" ")}`.toLowerCase().includes(text) ? [{ node, shown }] : []
    }), [run, text])
  return (
    <div class="values-view">
      <div class="values-run">
        <section class="value">
          <h3>Input of the run</h3>
          {input === undefined || input === null
            ? <p class="faint">It takes none.</p>
            : <Json value={input} label="the input" />}
        </section>
        <section class="value">
          <h3>Output of the run</h3>
          {output === undefined || output === null
            ? <p class="faint">{scene.isOpen ? "Not yet." : "It gave none."}</p>
            : <Json value={output} label="the output" />}
        </section>
      </div>
      <div class="toolbar">
        <SearchBox value={asked("find")} onChange={(find) => show({ find }, true)} label="Find in names and values" />
      </div>
      <div class="value-row value-head" aria-hidden="true">
        <span>Node</span>
        <span>Input</span>
        <span>Output</span>
      </div>
      <VirtualList items={nodes} height={30} keyOf={({ node }) => node.path} label="Values of nodes">
        {({ node, shown }) => (
          <button
            type="button"
            class="value-row"
            onClick={() => show({ node: node.path, tab: "values" })}
          >
            <span class="value-name">
              <PhaseDot phase={node.phase} waiting={node.waiting} />
              <span>{node.name}</span>
            </span>
            <code>{shown[0]}</code>
            <code>{shown[1]}</code>
          </button>
        )}
      </VirtualList>
    </div>
  )
}
