/** What the nodes of a run saved. */
import { wordsOf } from "../../api/Client.ts"
import { send } from "../../api/connection.ts"
import { tell } from "../../app/Toasts.tsx"
import type { ArtifactRow } from "../../api/wire.ts"
import { Command } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { Preview } from "../../parts/Preview.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { download } from "../../state/files.ts"
import { asked, show } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { size } from "../../state/words.ts"
import type { RunScene } from "./scene.ts"

const states: Readonly<Record<string, string>> = {
  live: "kept",
  due: "to be deleted",
  deleted: "deleted",
  lost: "lost"
}

const pin = async ({ artifact, pinned }: ArtifactRow): Promise<void> => {
  try {
    await send("PUT", `/artifacts/${encodeURIComponent(artifact)}/pin`, { pinned: !pinned })
    tell(pinned ? "It goes as its strategy says" : "It is kept whatever its strategy says")
  } catch (error) {
    tell(wordsOf(error), "error")
  }
}

const Opened = ({ artifact, scene }: { readonly artifact: ArtifactRow; readonly scene: RunScene }) => (
  <section class="artifact" aria-label={artifact.name}>
    <header>
      <h2>{artifact.name}</h2>
      <div class="grow" />
      {canAct() && (
        <button type="button" aria-pressed={artifact.pinned} onClick={() => void pin(artifact)}>
          Keep
        </button>
      )}
      <button
        type="button"
        onClick={() =>
          void download(`/artifacts/${encodeURIComponent(artifact.artifact)}/bytes?download`, artifact.name).catch((
            error: unknown
          ) => tell(wordsOf(error), "error"))}
      >
        <Icon sign="download" size={14} /> Download
      </button>
      <button type="button" class="quiet icon-button" aria-label="Close" onClick={() => show({ artifact: "" })}>
        <Icon sign="close" />
      </button>
    </header>
    <p class="faint">
      {artifact.mediaType}, {size(artifact.size)}, saved by{" "}
      <button type="button" class="link" onClick={() => show({ node: artifact.path, tab: "" })}>
        {scene.nodes.get(artifact.path)?.name ?? artifact.path}
      </button>
    </p>
    <Preview artifact={artifact} />
  </section>
)

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
      {opened !== undefined && <Opened key={opened.artifact} artifact={opened} scene={scene} />}
    </div>
  )
}
