/** The facts of a node, and what went wrong in it. */
import type { NodeView } from "../../../../view/RunView.ts"
import { ErrorBlock } from "./ErrorBlock.tsx"
import { Time, Took } from "../../../parts/Time.tsx"
import { linkTo, show } from "../../../state/route.ts"
import { counted } from "../../../state/words.ts"
import type { RunScene } from "../scene.ts"

/** The tab. */
export const Summary = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const { history } = scene.open
  const row = history.node(node.path, scene.seq)
  const cause = history.cause(node.path, scene.seq)
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
