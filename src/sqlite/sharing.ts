/** What belongs to a state file, for other users of a group too. */
import { shareWith } from "../files/mod.ts"
import { JournalError } from "../journal/JournalError.ts"

/** Shares these files and folders, as far as they are there; without a group nothing is done. Throws `JournalError`. */
export const share = (group: number | undefined, ...paths: ReadonlyArray<string>): void => {
  try {
    for (const path of paths) shareWith(group, path)
  } catch (error) {
    throw new JournalError({ reason: "Unwritable", message: `Cannot open state file: ${(error as Error).message}` })
  }
}
