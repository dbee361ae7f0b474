/** Why a node is not further: the chain of causes, in words, each with a way to it. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../../api/Client.ts"
import { get } from "../../../api/connection.ts"
import type { Cause, Semaphore } from "../../../api/wire.ts"
import { Command } from "../../../parts/Command.tsx"
import { Icon } from "../../../parts/Icon.tsx"
import { Banner, Loading } from "../../../parts/Notice.tsx"
import { useLoaded } from "../../../state/loaded.ts"
import { linkTo, show } from "../../../state/route.ts"
import { canAct } from "../../../state/session.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import { namedCauses } from "../causes.ts"
import { remediesOf, type Remedy, type Stand } from "../remedies.ts"
import { dialog, type RunScene } from "../scene.ts"

const Remedies = ({ all }: { readonly all: ReadonlyArray<Remedy> }) => (
  <div class="remedies">
    {all.map(({ command, dialog: wanted, title, to }) => (
      <div key={title}>
        {wanted !== undefined && canAct() && (
          <button type="button" onClick={() => void (dialog.value = wanted)}>{title}…</button>
        )}
        {to !== undefined && (
          <a class="button" href={linkTo(["runs", to.run], to.node === "" ? {} : { node: to.node })}>{title}</a>
        )}
        {command !== undefined && (
          <>
            {wanted === undefined && <p>{title}, in a terminal:</p>}
            <Command args={command} />
          </>
        )}
      </div>
    ))}
  </div>
)

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
  const locks = useLoaded(`locks ${scene.seq}`, () => get<ReadonlyArray<Semaphore>>("/locks")).value.value ?? []
  const run = scene.open.history.run(scene.seq)
  const standOf = (path: string): Stand => ({
    id: scene.run.id,
    isManifest: scene.run.isManifest,
    isSuspended: run?.suspended === true,
    held: run?.held ?? null,
    node: scene.nodes.get(path),
    locks
  })
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (causes.value === undefined) return <Loading label="Asking why" rows={3} />
  return (
    <ol class="chain">
      {namedCauses(causes.value, scene.nodes).map((cause, at) => {
        const { because, kind, label, path } = cause
        const remedies = scene.isLive ? remediesOf(cause, standOf(path)) : []
        return (
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
              {remedies.length > 0 && <Remedies all={remedies} />}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
