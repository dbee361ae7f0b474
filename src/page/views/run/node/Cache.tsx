/** Whether the result of a node was reused, from where; or why it was computed: which part of its key differs. */
import { get } from "../../../api/connection.ts"
import { Command, Copy } from "../../../parts/Command.tsx"
import { Icon } from "../../../parts/Icon.tsx"
import { Banner, Loading } from "../../../parts/Notice.tsx"
import { Time } from "../../../parts/Time.tsx"
import { useLoaded } from "../../../state/loaded.ts"
import { linkTo } from "../../../state/route.ts"
import { duration } from "../../../state/words.ts"
import type { CacheExplanation } from "../../../../engine/observe/explain.ts"
import type { MemoStatus } from "../../../../argo/values/Result.ts"
import type { PartView } from "../../../../reuse/explain.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import type { RunScene } from "../scene.ts"

/** Whether there is anything to tell. */
export const hasCache = (node: NodeView, { open: { history }, seq }: RunScene): boolean =>
  node.reused !== undefined || history.cacheNote(node.path, seq) !== undefined ||
  history.memo(node.path, seq) !== undefined

const brief = (digest: string | undefined): string => digest === undefined ? "none" : digest.slice(0, 10)

const Part = ({ it }: { readonly it: PartView }) => (
  <tr class={it.same ? "" : "differs"}>
    <th scope="row">
      <Icon sign={it.same ? "check" : "cross"} size={12} /> {it.part}
    </th>
    <td>
      {it.same ? <span class="faint">the same</span> : (
        <>
          <code title={it.was}>{brief(it.was)}</code> → <code title={it.is}>{brief(it.is)}</code>
          {it.differ.length > 0 && <div class="faint">{it.differ.join(", ")}</div>}
        </>
      )}
    </td>
  </tr>
)

const Hit = ({ it: { because, node, reused } }: { readonly it: CacheExplanation }) => (
  <>
    <p class="cache-said tone-succeeded">
      <Icon sign="check" size={14} /> It {because}.
    </p>
    {reused !== undefined && (
      <dl class="pairs">
        <dt>From</dt>
        <dd>
          <a href={linkTo(["runs", reused.run], { node: reused.path })}>{reused.run}, {reused.path || node}</a>
        </dd>
        <dt>Computed</dt>
        <dd>
          <Time at={reused.at} />, in {duration(reused.millis)}
        </dd>
        <dt>Key</dt>
        <dd>
          <code title={reused.key}>{brief(reused.key)}</code> <Copy text={reused.key} label="Copy the key" />
        </dd>
      </dl>
    )}
  </>
)

const Miss = ({ it: { because, nearest, parts, unseen } }: { readonly it: CacheExplanation }) => (
  <>
    <p class="cache-said tone-wait">
      <Icon sign="again" size={14} /> It {because}.
    </p>
    {nearest !== undefined && (
      <p class="faint">
        Beside the nearest result, of{" "}
        <a href={linkTo(["runs", nearest.run], { node: nearest.path })}>{nearest.run}, {nearest.path}</a>,{" "}
        <Time at={nearest.at} />:
      </p>
    )}
    {parts.length > 0 && (
      <table class="cache-parts">
        <caption class="unseen">What the key was made of</caption>
        <tbody>{parts.map((it) => <Part key={it.part} it={it} />)}</tbody>
      </table>
    )}
    {unseen.length > 0 && <Banner>Imports of its code that are not seen: {unseen.join(", ")}.</Banner>}
  </>
)

const Memo = ({ it: { cacheName, hit, key } }: { readonly it: MemoStatus }) => (
  <>
    <p class={`cache-said tone-${hit ? "succeeded" : "wait"}`}>
      <Icon sign={hit ? "check" : "again"} size={14} />
      {hit
        ? "Its result was memoized: nothing was computed."
        : "It was computed: no result with this key was memoized."}
    </p>
    <dl class="pairs">
      <dt>Key</dt>
      <dd>
        <code>{key}</code>
      </dd>
      <dt>Cache</dt>
      <dd>{cacheName}</dd>
    </dl>
  </>
)

/** The tab. */
export const Cache = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const memo = scene.open.history.memo(node.path, scene.seq)
  return memo === undefined ? <Explained node={node} scene={scene} /> : <Memo it={memo} />
}

const Explained = ({ node, scene: { run } }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const path = `/runs/${encodeURIComponent(run.id)}/cache?path=${encodeURIComponent(node.path)}`
  const { problem, value } = useLoaded(`${path} ${node.phase}`, () => get<ReadonlyArray<CacheExplanation>>(path))
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (value.value === undefined) return <Loading label="Asking the cache" rows={3} />
  const it = value.value.at(-1)
  if (it === undefined) return <p class="faint">Its result is not reused.</p>
  return (
    <>
      {it.reused === undefined ? <Miss it={it} /> : <Hit it={it} />}
      <p class="same faint">The same in a terminal:</p>
      <Command args={["cache", "explain", run.id, node.path]} />
    </>
  )
}
