/** The lines of one node. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../../api/Client.ts"
import { get } from "../../../api/connection.ts"
import type { LogLine } from "../../../api/wire.ts"
import { Banner, Loading } from "../../../parts/Notice.tsx"
import { exact } from "../../../state/words.ts"
import { type NodeView, pathsOf } from "../../../../view/RunView.ts"
import type { RunScene } from "../scene.ts"

interface Lines {
  readonly lines: ReadonlyArray<LogLine>
  readonly total: number
}

const most = 500

/** Where its lines are: those of a node that is tried again are those of its attempts, of many the last ones. */
const pathsIn = (node: NodeView): ReadonlyArray<string> =>
  (node.type === "Retry" ? [node, ...node.children.slice(-20)] : [node]).flatMap(pathsOf)

/** The tab. */
export const NodeLogs = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const found = useSignal<Lines | undefined>(undefined)
  const problem = useSignal("")
  useEffect(() => {
    let isCurrent = true
    const read = async (): Promise<void> => {
      try {
        const all = await Promise.all(
          pathsIn(node).map((path) =>
            get<Lines>(
              `/runs/${encodeURIComponent(scene.run.id)}/logs?path=${encodeURIComponent(path)}&tail&limit=${most}`
            )
          )
        )
        if (!isCurrent) return
        const lines = all.flatMap((it) => it.lines).toSorted((a, b) => a.at - b.at)
        problem.value = ""
        found.value = { lines, total: all.reduce((sum, it) => sum + it.total, 0) }
      } catch (error) {
        if (isCurrent) problem.value = wordsOf(error)
      }
    }
    void read()
    const timer = node.finishedAt === 0 ? setInterval(() => void read(), 1_000) : undefined
    return () => {
      isCurrent = false
      clearInterval(timer)
    }
  }, [node.path, node.finishedAt])
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (found.value === undefined) return <Loading label="Reading the log" rows={4} />
  const { lines, total } = found.value
  if (lines.length === 0) {
    return (
      <p class="faint">
        {node.startedAt === 0
          ? "It has not begun, so it has no lines."
          : node.finishedAt === 0
          ? "No lines yet."
          : "It wrote no lines."}
      </p>
    )
  }
  return (
    <>
      {total > lines.length && <p class="faint">The last {lines.length} of {total} lines.</p>}
      <div class="log-lines">
        {lines.map(({ at, level, text }, index) => (
          <div key={index} class={`log-line level-${level}`}>
            <time title={exact(at, false)}>{exact(at, false).slice(11, 19)}</time>
            <span>{text}</span>
          </div>
        ))}
      </div>
    </>
  )
}
