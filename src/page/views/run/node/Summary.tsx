/** The facts of a node, and what went wrong in it. */
import type { EncodedError, Json as Value } from "../../../../run/Event.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import { Json } from "../../../parts/Json.tsx"
import { Time, Took } from "../../../parts/Time.tsx"
import { linkTo, show } from "../../../state/route.ts"
import { counted } from "../../../state/words.ts"
import type { RunScene } from "../scene.ts"

/** An error with its fields, where it came from, and its cause. */
const ErrorBlock = ({ error, title = "Error" }: { readonly error: EncodedError; readonly title?: string }) => (
  <section class="error-block">
    <h3>
      {title}: <code>{error.tag}</code>
    </h3>
    {error.message !== "" && <pre class="error-message">{error.message}</pre>}
    {error.at !== undefined && (
      <p class="faint">
        at <code>{error.at}</code>
      </p>
    )}
    {error.data !== undefined && error.data !== null && (
      <Json value={error.data as Value} label="the fields of the error" />
    )}
    {error.stack !== undefined && (
      <details>
        <summary>Stack</summary>
        <pre class="stack">{error.stack}</pre>
      </details>
    )}
    {error.cause !== undefined && <ErrorBlock error={error.cause} title="Caused by" />}
    {error.errors?.map((it, at) => <ErrorBlock key={at} error={it} title={`${at + 1}`} />)}
  </section>
)

/** The tab. */
export const Summary = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const row = scene.open.history.node(node.path, scene.seq)
  const event = scene.open.history.events[(row?.resultSeq ?? 0) - 1]?.event
  const cause = event !== undefined && "ending" in event ? event.ending.cause : undefined
  return (
    <>
      {node.message !== "" && <p class={`node-message tone-${node.phase.toLowerCase()}`}>{node.message}</p>}
      {cause !== undefined && cause !== node.path && (
        <p>
          Because of{" "}
          <button type="button" class="link" onClick={() => show({ node: cause, tab: "" })}>
            {scene.nodes.get(cause)?.name ?? cause}
          </button>
        </p>
      )}
      <dl class="pairs">
        <dt>Path</dt>
        <dd>
          <code>{node.path}</code>
        </dd>
        {node.name !== node.path && (
          <>
            <dt>Name</dt>
            <dd>{node.name}</dd>
          </>
        )}
        <dt>Type</dt>
        <dd>{node.type}</dd>
        {node.runs !== "" && (
          <>
            <dt>Runs</dt>
            <dd>{node.runs}</dd>
          </>
        )}
        <dt>Started</dt>
        <dd>
          <Time at={node.startedAt} />
        </dd>
        <dt>Ended</dt>
        <dd>
          <Time at={node.finishedAt} />
        </dd>
        <dt>Took</dt>
        <dd>
          <Took from={node.startedAt} to={node.finishedAt} />
        </dd>
        {node.attempt > 0 && node.type !== "suspend" && (
          <>
            <dt>Attempt</dt>
            <dd>{node.attempt}{node.attempts > 0 && ` of ${node.attempts}`}</dd>
          </>
        )}
        {row?.reason !== null && row?.reason !== undefined && (
          <>
            <dt>Reason</dt>
            <dd>{row.reason}</dd>
          </>
        )}
        {node.progress !== "" && (
          <>
            <dt>Progress</dt>
            <dd>{node.progress}</dd>
          </>
        )}
        {node.children.length > 0 && (
          <>
            <dt>Beneath</dt>
            <dd>{counted(node.children.length, "node")}</dd>
          </>
        )}
        {node.keptFrom !== undefined && (
          <>
            <dt>Kept from</dt>
            <dd>
              <a href={linkTo(["runs", node.keptFrom])}>{node.keptFrom}</a>
            </dd>
          </>
        )}
      </dl>
      {node.error !== undefined && <ErrorBlock error={node.error} />}
    </>
  )
}
