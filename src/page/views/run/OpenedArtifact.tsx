/** One artifact: what it is, what can be done with it, what is in it. */
import { wordsOf } from "../../api/Client.ts"
import { send } from "../../api/connection.ts"
import type { ArtifactRow } from "../../api/wire.ts"
import { tell } from "../../app/Toasts.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Preview } from "../../parts/preview/Preview.tsx"
import { download } from "../../state/files.ts"
import { show } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { size } from "../../state/words.ts"
import type { RunScene } from "./scene.ts"

const pin = async ({ artifact, pinned }: ArtifactRow): Promise<void> => {
  try {
    await send("PUT", `/artifacts/${encodeURIComponent(artifact)}/pin`, { pinned: !pinned })
    tell(pinned ? "It goes as its strategy says" : "It is kept whatever its strategy says")
  } catch (error) {
    tell(wordsOf(error), "error")
  }
}

/** The artifact. */
export const OpenedArtifact = (
  { artifact, onClose, scene }: {
    readonly artifact: ArtifactRow
    readonly scene: RunScene
    readonly onClose: () => void
  }
) => (
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
      <button type="button" class="quiet icon-button" aria-label="Close" onClick={onClose}>
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
