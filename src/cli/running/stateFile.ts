/** What a server tells of its state file, and the copies it makes of it. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isPostgres } from "../../postgres/address.ts"
import { copyChanged } from "../../sqlite/copy.ts"
import type { StateFile } from "../../server/mod.ts"
import { connect } from "../arguments/connect.ts"
import type { Shell } from "../Shell.ts"
import { overlook } from "./overlook.ts"

/** Of the state file of a command line. */
export const stateFile = (shell: Shell, pinnace: Pinnace): StateFile => ({
  name: shell.shownDb,
  check: (deep) => overlook(shell, pinnace, { deep }),
  ...(isPostgres(shell.db) || shell.db === ":memory:" ? {} : { copy: (file) => pinnace.backup(file) })
})

/** Writes a copy of a state file, which only its owner can read, changed by `change` before it has its name. */
export const copyState = async (
  db: string,
  file: string,
  change: (draft: string) => Promise<void> = () => Promise.resolve()
): Promise<void> => {
  const { close, db: database } = connect(db)
  try {
    await copyChanged(database, file, change)
  } finally {
    close()
  }
}
