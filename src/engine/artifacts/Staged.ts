/** What an attempt has saved and not recorded yet. */
import type { SavedArtifact } from "../../run/ArtifactRow.ts"

/** An artifact whose bytes are stored while its attempt goes on. */
export interface Staged {
  readonly saved: SavedArtifact
  readonly attempt: number
  /** Whether it is kept when the attempt fails. */
  readonly always: boolean
}
