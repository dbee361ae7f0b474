/**
 * Wrote `v5.db`, the saved file of schema version 5; kept to show what is in it. Run it only while version 5 has not
 * been released: afterwards the file is never made again, since it stands for the files that people have.
 *
 * `node test/sqlite/files/makeV5.ts`
 */
import { answersOf } from "../../journal/answers.ts"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { openSqlite } from "../../../src/sqlite/openSqlite.ts"
import { event, nodeRow, runRow } from "../../journal/JournalWorld.ts"

const file = fileURLToPath(new URL("v5.db", import.meta.url))
rmSync(file, { force: true })
const journal = answersOf(openSqlite(file))
const run = runRow(journal, "tries")
journal.append([
  { kind: "create", row: run },
  event(run.key, 1),
  { kind: "node", row: nodeRow(run.key, "bounded", { attempt: 2, attempts: 4 }) },
  { kind: "node", row: nodeRow(run.key, "endless", { attempt: 2 }) }
])
journal.close()
