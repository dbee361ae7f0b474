/** Gives the room of what was deleted back to the system. */
import * as Effect from "effect/Effect"
import { statSync } from "node:fs"
import { noted } from "../../engine/observe/audit.ts"
import { withState } from "../arguments/state.ts"
import { checkSchema } from "../../sqlite/migrate.ts"
import type { Database } from "../../sqlite/Database.ts"
import { connect } from "../arguments/connect.ts"
import { bytes } from "../paint/times.ts"
import type { Shell } from "../Shell.ts"
import { NotThere } from "../Usage.ts"

/**
 * Takes what was deleted out of the file. The first time the file is written anew, and writes of other processes wait;
 * from then on it is made smaller in pieces, between which they write.
 */
export const compact = async (shell: Shell): Promise<number> => {
  const { close, copied, db } = connect(shell.db)
  try {
    if (copied !== undefined) throw new NotThere(`${shell.db}: this user may only read it`)
    checkSchema(db)
    const before = statSync(shell.db).size
    await shrink(db)
    db.value("PRAGMA wal_checkpoint(TRUNCATE)")
    const after = statSync(shell.db).size
    await withState(shell, ({ engine }) => Effect.runPromise(noted(engine, { did: "compact" })))
    shell.print(`${shell.db}: ${bytes(before)} → ${bytes(after)}`)
    return 0
  } finally {
    close()
  }
}

const shrink = async (db: Database): Promise<void> => {
  if (db.value("PRAGMA auto_vacuum") !== incremental) return db.exec("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
  for (let free = pagesOf(db), before = Infinity; free > 0 && free < before; free = pagesOf(db)) {
    before = free
    db.exec(`PRAGMA incremental_vacuum(${piece})`)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Whether SQLite notes who points to each page, so that pages at the end can be moved to the free ones. */
const incremental = 2
/** Pages that are moved at once: some milliseconds. */
const piece = 500

const pagesOf = (db: Database): number => db.value("PRAGMA freelist_count") as number
