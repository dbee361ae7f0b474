/** A journal on a file, and the file beside it. */
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { answersOf } from "../journal/answers.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { makeDirectory } from "./Child.ts"

/** Opens a new file; both are closed when the test has ended. */
export const openFileWorld = () => {
  const file = join(makeDirectory(), "state.db")
  const world = {
    open: () => answersOf(openSqlite(file, { durability: "process" })),
    fence: () => {},
    tick: () => new Promise<void>((resume) => setImmediate(resume)),
    dispose: () => {}
  } satisfies JournalWorld
  const journal = world.open()
  const db = new Database(file)
  onTestFinished(() => {
    journal.close()
    db.close()
  })
  return { db, journal, world }
}
