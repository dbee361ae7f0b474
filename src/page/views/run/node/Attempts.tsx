/** The attempts of a node. */
import { failedAttempts } from "../../../../view/attemptsOf.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import { ErrorBlock } from "./ErrorBlock.tsx"
import { PhaseDot } from "../../../parts/Phase.tsx"
import { now } from "../../../state/clock.ts"
import { duration, relative } from "../../../state/words.ts"
import { Unread, useEvents } from "../events.tsx"
import type { RunScene } from "../scene.ts"

/** The tab. */
export const Attempts = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const { history } = scene.open
  if (!useEvents(scene.open)) return <Unread open={scene.open} />
  const failed = failedAttempts(history.events.slice(0, scene.seq), node.path)
  const row = history.node(node.path, scene.seq)
  const last = failed.findLast(({ isCut }) => isCut !== true)?.attempt ?? 0
  const current = row !== undefined && (row.phase === "Running" || row.phase === "Succeeded") && row.attempt > last
    ? row
    : undefined
  const waits = row?.waiting === "Retry" && row.until > 0 ? row.until : undefined
  return (
    <>
      <ol class="attempts">
        {failed.map(({ attempt, delay, error, isCut, thrown, took }, at) => (
          <li key={at}>
            <PhaseDot phase={isCut === true ? "Omitted" : "Failed"} />
            <div>
              <p>
                <strong>Attempt {attempt}</strong> {isCut === true
                  ? `worked for ${duration(took)} at least, until its process ended`
                  : `failed after ${duration(took)}`}
                {delay !== undefined && delay > 0 && (
                  <span class="faint">, and the next one began {duration(delay)} later</span>
                )}
              </p>
              {isCut !== true && <pre class="error-message">{error}</pre>}
              {thrown !== undefined && (
                <details>
                  <summary>What was thrown</summary>
                  <ErrorBlock error={thrown} />
                </details>
              )}
            </div>
          </li>
        ))}
        {current !== undefined && (
          <li>
            <PhaseDot phase={current.phase} waiting={node.waiting} />
            <p>
              <strong>Attempt {Math.max(1, current.attempt)}</strong>{" "}
              {current.phase === "Succeeded" ? "succeeded" : "is running"}
            </p>
          </li>
        )}
        {waits !== undefined && (
          <li>
            <PhaseDot phase="Running" waiting="Retry" />
            <p>The next attempt begins {relative(waits, now.value)}</p>
          </li>
        )}
      </ol>
      {node.attempts > 0 && <p class="faint">The policy allows {node.attempts} attempts.</p>}
    </>
  )
}
