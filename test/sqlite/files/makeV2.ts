/**
 * Wrote `v2.db`, the saved file of schema version 2; kept to show what is in it. Run it only while version 2 has not
 * been released: afterwards the file is never made again, since it stands for the files that people have.
 *
 * `node test/sqlite/files/makeV2.ts`
 */
import { answersOf } from "../../journal/answers.ts"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { openSqlite } from "../../../src/sqlite/openSqlite.ts"
import { event, release, request, runRow, semaphore } from "../../journal/JournalWorld.ts"

const file = fileURLToPath(new URL("v2.db", import.meta.url))
rmSync(file, { force: true })
const journal = answersOf(openSqlite(file))
const holder = runRow(journal, "holder")
const waiter = runRow(journal, "waiter", { createdAt: holder.createdAt + 1, priority: 5 })
journal.append([
  { kind: "create", row: holder },
  { kind: "create", row: waiter },
  event(holder.key, 1),
  event(waiter.key, 1),
  semaphore("api", 3),
  semaphore("db", null, "The limit cannot be read from file limits.json: EBUSY"),
  request(holder.key, "gone", "api"),
  request(holder.key, "pages[3]", [{ name: "api", weight: 2 }])
])
journal.append([request(waiter.key, "", [{ name: "api", weight: 3 }], 5), request(waiter.key, "a/b", "db")])
journal.append([release(holder.key, "gone")])
journal.close()
