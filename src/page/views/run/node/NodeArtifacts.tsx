/** What a node saved. */
import { useSignal } from "@preact/signals"
import { type NodeView, pathsOf } from "../../../../view/RunView.ts"
import { Icon } from "../../../parts/Icon.tsx"
import { size } from "../../../state/words.ts"
import { states } from "../ArtifactsView.tsx"
import { OpenedArtifact } from "../OpenedArtifact.tsx"
import type { RunScene } from "../scene.ts"

/** Whether it saved any. */
export const hasArtifacts = (node: NodeView, { open }: RunScene): boolean => {
  const paths = new Set(pathsOf(node))
  return open.artifacts.value.some(({ path }) => paths.has(path))
}

/** The tab. */
export const NodeArtifacts = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const paths = new Set(pathsOf(node))
  const all = scene.open.artifacts.value.filter(({ path }) => paths.has(path))
  const opened = useSignal(all.length === 1 ? all[0]!.artifact : "")
  return (
    <ul class="node-artifacts">
      {all.map((it) => (
        <li key={it.artifact}>
          <button
            type="button"
            class="quiet"
            aria-expanded={opened.value === it.artifact}
            onClick={() => void (opened.value = opened.value === it.artifact ? "" : it.artifact)}
          >
            <Icon sign="chevron" size={12} />
            <span class="name">{it.name}</span>
            <span class="faint">
              {size(it.size)}, attempt {it.attempt}, {it.pinned ? "pinned" : states[it.state] ?? it.state}
            </span>
          </button>
          {opened.value === it.artifact && (
            <OpenedArtifact
              artifact={it}
              scene={scene}
              onClose={() => void (opened.value = "")}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
