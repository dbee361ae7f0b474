/**
 * Wrote `v1.db`, the saved file of schema version 1; kept to show what is in it. Run it only while version 1 has not
 * been released: afterwards the file is never made again, since it stands for the files that people have.
 *
 * `node test/sqlite/files/makeV1.ts`
 */
import { answersOf } from "../../journal/answers.ts"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { openSqlite } from "../../../src/sqlite/openSqlite.ts"
import { event, nodeRow, runRow } from "../../journal/JournalWorld.ts"

const file = fileURLToPath(new URL("v1.db", import.meta.url))
rmSync(file, { force: true })
const journal = answersOf(openSqlite(file))
const run = runRow(journal, "saved-run", {
  phase: "Failed",
  reason: "TaskFailed",
  message: "it said no",
  finishedAt: 1_795_000_009_000
})
const open = runRow(journal, "open-run", { createdAt: run.createdAt + 1, labels: {} })
journal.append([
  { kind: "create", row: run },
  { kind: "create", row: open },
  { kind: "plan", digest: "d1", workflow: "report", json: `{"nodes":[]}` },
  event(run.key, 1),
  event(run.key, 2, "pages[3]"),
  event(open.key, 1),
  {
    kind: "node",
    row: nodeRow(run.key, "pages[3]", { phase: "Failed", reason: "TaskFailed", progress: { done: 1, total: 3 } })
  },
  {
    kind: "log",
    row: { run: run.key, path: "pages[3]", attempt: 1, at: 1_795_000_003_000, level: "info", text: "hello" }
  }
])
journal.flush()
journal.send(open.key, "stop", "{}")
journal.close()
