/** What went into a node and came out of it. */
import { Json } from "../../../parts/Json.tsx"
import type { NodeView } from "../../../../view/RunView.ts"
import { Unread } from "../events.tsx"
import type { RunScene } from "../scene.ts"

/** The tab. */
export const Values = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const { history } = scene.open
  if (!history.isTold(node.path)) return <Unread open={scene.open} />
  const { input, output, signal } = history.values(node.path, scene.seq)
  const none = input === undefined && output === undefined && signal === undefined
  if (none) {
    return <p class="faint">No values are recorded for this node{node.startedAt === 0 ? ": it has not begun" : ""}.</p>
  }
  return (
    <>
      {input !== undefined && (
        <section class="value">
          <h3>Input</h3>
          <Json value={input} label="the input" />
        </section>
      )}
      {signal !== undefined && (
        <section class="value">
          <h3>Given</h3>
          <Json value={signal} label="the value that was given" />
        </section>
      )}
      {output !== undefined && (
        <section class="value">
          <h3>Output</h3>
          <Json value={output} label="the output" />
        </section>
      )}
      {output === undefined && node.finishedAt === 0 && <p class="faint">No output yet.</p>}
    </>
  )
}
