/** What the nodes of a run saved. */
import { Command } from "../../parts/Command.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { asked, show } from "../../state/route.ts"
import { size } from "../../state/words.ts"
import { OpenedArtifact } from "./OpenedArtifact.tsx"
import type { RunScene } from "./scene.ts"

/** What becomes of an artifact, in words. */
export const states: Readonly<Record<string, string>> = {
  live: "kept",
  due: "to be deleted",
  deleted: "deleted",
  lost: "lost"
}

/** The view. */
export const ArtifactsView = ({ scene }: { readonly scene: RunScene }) => {
  const all = scene.open.artifacts.value
  const chosen = asked("artifact")
  const opened = all.find(({ artifact }) => artifact === chosen)
  if (all.length === 0) {
    return (
      <Empty title="No artifacts" sign="box">
        <p>{scene.isOpen ? "No node has saved one yet." : "No node saved one."}</p>
        <Command args={["artifacts", scene.run.id]} />
      </Empty>
    )
  }
  return (
    <div class={opened === undefined ? "artifacts-view" : "artifacts-view has-opened"}>
      <div class="artifact-list">
        <VirtualList items={all} height={44} keyOf={({ artifact }) => artifact} label="Artifacts">
          {(it) => (
            <button
              type="button"
              class={`artifact-row ${it.artifact === chosen ? "chosen" : ""}`}
              onClick={() => show({ artifact: it.artifact })}
            >
              <span class="name">{it.name}</span>
              <span class="right faint">{size(it.size)}</span>
              <span class="faint">{scene.nodes.get(it.path)?.name ?? it.path}</span>
              <span class="right faint">{it.pinned ? "pinned" : states[it.state] ?? it.state}</span>
            </button>
          )}
        </VirtualList>
      </div>
      {opened !== undefined && (
        <OpenedArtifact
          key={opened.artifact}
          artifact={opened}
          scene={scene}
          onClose={() => show({ artifact: "" })}
        />
      )}
    </div>
  )
}
