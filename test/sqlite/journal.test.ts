import { type Answered, answersOf } from "../journal/answers.ts"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { journalSuite } from "../journal/journalSuite.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { removeTree } from "../removeTree.ts"

const makeWorld = (): JournalWorld => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-"))
  const file = join(directory, "state.db")
  const open = new Set<Answered>()
  return {
    open: () => {
      const journal = answersOf(openSqlite(file, { durability: "process" }))
      open.add(journal)
      return journal
    },
    fence: (journal) => {
      const db = new Database(file)
      db.exec(`DELETE FROM processes WHERE id = ${journal.process}`)
      db.close()
    },
    tick: () => new Promise((resume) => setImmediate(resume)),
    dispose: () => {
      for (const journal of open) journal.close()
      removeTree(directory)
    }
  }
}

journalSuite("SQLite journal", makeWorld)
