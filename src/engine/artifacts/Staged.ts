/** What an attempt has saved and not recorded yet. */
import type { SavedArtifact } from "../../run/ArtifactRow.ts"

/** An artifact whose bytes are stored while its attempt goes on. */
export interface Staged {
  readonly saved: SavedArtifact
  readonly attempt: number
  /** Whether it is kept when the attempt fails. */
  readonly always: boolean
  /** Whether its key is one the engine made: nothing else ever lies there. */
  readonly ownKey: boolean
  /** The artifact of an earlier attempt whose bytes it took the place of. */
  readonly overwrites: string | undefined
  /** Whether it takes the place of whatever names its key. */
  readonly takesOver: boolean
}
