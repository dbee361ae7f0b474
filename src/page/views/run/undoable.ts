/** How many nodes of a run say how they are undone. */
import { get } from "../../api/connection.ts"
import { useLoaded } from "../../state/loaded.ts"
import type { RunView } from "../../../view/RunView.ts"

/** The number, where it matters; 0 until it is known. */
export const useUndoable = ({ finishedAt, id, isManifest }: RunView, isWanted = true): number =>
  useLoaded(
    `${id} ${finishedAt} ${isWanted}`,
    async () => isWanted && !isManifest ? await get<number>(`/runs/${encodeURIComponent(id)}/undoable`) : 0
  ).value.value ?? 0
