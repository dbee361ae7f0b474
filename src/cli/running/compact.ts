/** Gives the room of what was deleted back to the system. */
import * as Effect from "effect/Effect"
import { statSync } from "node:fs"
import { noted } from "../../engine/observe/audit.ts"
import { withState } from "../arguments/state.ts"
import { checkSchema } from "../../sqlite/migrate.ts"
import { connect } from "../arguments/connect.ts"
import { bytes } from "../paint/times.ts"
import type { Shell } from "../Shell.ts"
import { NotThere } from "../Usage.ts"

/** Writes the file anew without what was deleted from it; other processes may read meanwhile, and their writes wait. */
export const compact = async (shell: Shell): Promise<number> => {
  const { close, copied, db } = connect(shell.db)
  try {
    if (copied !== undefined) throw new NotThere(`${shell.db}: this user may only read it`)
    checkSchema(db)
    const before = statSync(shell.db).size
    db.exec("VACUUM")
    db.value("PRAGMA wal_checkpoint(TRUNCATE)")
    const after = statSync(shell.db).size
    await withState(shell, ({ engine }) => Effect.runPromise(noted(engine, { did: "compact" })))
    shell.print(`${shell.db}: ${bytes(before)} → ${bytes(after)}`)
    return 0
  } finally {
    close()
  }
}
