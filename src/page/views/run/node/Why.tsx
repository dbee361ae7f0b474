/** Why a node is not further: the chain of causes, in words, each with a way to it. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../../api/Client.ts"
import { get } from "../../../api/connection.ts"
import type { Cause } from "../../../api/wire.ts"
import { Icon } from "../../../parts/Icon.tsx"
import { Banner, Loading } from "../../../parts/Notice.tsx"
import { show } from "../../../state/route.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import { namedCauses } from "../causes.ts"
import type { RunScene } from "../scene.ts"

/** The tab. */
export const Why = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const causes = useSignal<ReadonlyArray<Cause> | undefined>(undefined)
  const problem = useSignal("")
  useEffect(() => {
    let isCurrent = true
    const path = `/runs/${encodeURIComponent(scene.run.id)}/why?path=${encodeURIComponent(node.path)}`
    get<ReadonlyArray<Cause>>(path).then(
      (it) => void (isCurrent && (causes.value = it)),
      (error: unknown) => void (isCurrent && (problem.value = wordsOf(error)))
    )
    return () => void (isCurrent = false)
  }, [node.path, scene.seq])
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (causes.value === undefined) return <Loading label="Asking why" rows={3} />
  return (
    <ol class="chain">
      {namedCauses(causes.value, scene.nodes).map(({ because, kind, label, path }, at) => (
        <li key={at} class={kind === "running" ? "is-running" : "is-waiting"}>
          <Icon sign={kind === "running" ? "play" : "clock"} size={14} />
          <div>
            {path === node.path ? <strong>{label}</strong> : (
              <button
                type="button"
                class="link"
                onClick={() => show({ node: path, tab: "" })}
              >
                {label || "the run"}
              </button>
            )}
            <p>{because}</p>
          </div>
        </li>
      ))}
    </ol>
  )
}
