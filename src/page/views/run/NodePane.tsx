/** The node that is chosen: what it is, why, its values, attempts and lines. */
import { useLayoutEffect } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Copy } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { PhaseBadge } from "../../parts/Phase.tsx"
import { asked, place, show } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import type { NodeView } from "../../../view/RunView.ts"
import { useNodeEvents } from "./events.tsx"
import { nodeTabs } from "./nodeTabs.ts"
import { asksAnswer, dialog, nameAt, type RunScene } from "./scene.ts"

interface Props {
  readonly scene: RunScene
  readonly path: string
  readonly node: NodeView | undefined
}

const leave = (): void => show({ node: "", tab: "" })

const NodeActions = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  if (!canAct() || !scene.isLive || scene.open.isDeleted.value) return null
  return (
    <div class="actions">
      {asksAnswer(node) && (
        <button
          type="button"
          class="primary"
          onClick={() => void (dialog.value = { is: "signal", node: node.path })}
        >
          <Icon sign="signal" size={14} /> Answer…
        </button>
      )}
      {!scene.isOpen && node.finishedAt > 0 && (
        <button
          type="button"
          onClick={() => void (dialog.value = { is: "fork", node: node.path })}
        >
          <Icon sign="branch" size={14} /> Fork…
        </button>
      )}
      {!scene.isOpen && node.finishedAt > 0 && (
        <button
          type="button"
          onClick={() => void (dialog.value = { is: "retry", node: node.path })}
        >
          <Icon sign="again" size={14} /> Retry…
        </button>
      )}
    </div>
  )
}

/** The pane. */
export const NodePane = ({ node, path, scene }: Props) => {
  useNodeEvents(scene.open, path)
  const tabs = nodeTabs.filter(({ isFor }) => node !== undefined && isFor(node, scene))
  const wanted = asked("tab")
  const tab = tabs.find(({ key }) => key === wanted) ?? tabs[0]
  const step = (by: number): void => {
    // Keys may come faster than pages are drawn.
    const at = Math.max(0, tabs.findIndex(({ key }) => key === place.peek().query["tab"]))
    show({ tab: tabs[(at + by + tabs.length) % tabs.length]!.key }, true)
  }
  useLayoutEffect(() => takeKeys({ "[": () => step(-1), "]": () => step(1) }), [tab?.key, tabs.length])
  useLayoutEffect(
    () => document.getElementById(`tab-${tab?.key}`)?.scrollIntoView({ inline: "nearest", block: "nearest" }),
    [tab?.key]
  )
  return (
    <aside class="pane" aria-label={`Node ${node?.name ?? path}`}>
      <header>
        <button type="button" class="quiet icon-button pane-back" aria-label="Back to the run" onClick={leave}>
          <Icon sign="back" />
        </button>
        <h2 title={node?.name ?? path}>{nameAt(scene, path)}</h2>
        <Copy text={path} label="Copy the path" />
        <div class="grow" />
        <button type="button" class="quiet icon-button pane-close" aria-label="Close the node" onClick={leave}>
          <Icon sign="close" />
        </button>
      </header>
      {node === undefined || tab === undefined
        ? (
          <Empty title="This node is not there" sign="search">
            <p>It has not begun{scene.isLive ? "" : " at this event"}, or the address has a mistake.</p>
          </Empty>
        )
        : (
          <>
            <div class="pane-state">
              <PhaseBadge phase={node.phase} waiting={node.waiting} />
              <div class="grow" />
              <NodeActions node={node} scene={scene} />
            </div>
            <div class="tabs" role="tablist" aria-label="About the node">
              {tabs.map(({ key, title }) => (
                <button
                  key={key}
                  id={`tab-${key}`}
                  type="button"
                  role="tab"
                  aria-selected={key === tab.key}
                  aria-controls="tab"
                  onClick={() => show({ tab: key }, true)}
                >
                  {title}
                </button>
              ))}
            </div>
            <div class="pane-body" id="tab" role="tabpanel" aria-labelledby={`tab-${tab.key}`} tabIndex={0}>
              <tab.Body scene={scene} node={node} />
            </div>
          </>
        )}
    </aside>
  )
}
