/**
 * Wrote `v4.db`, the saved file of schema version 4; kept to show what is in it. Run it only while version 4 has not
 * been released: afterwards the file is never made again, since it stands for the files that people have.
 *
 * `node test/sqlite/files/makeV4.ts`
 */
import { answersOf } from "../../journal/answers.ts"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { savedRow } from "../../../src/run/ArtifactRow.ts"
import { openSqlite } from "../../../src/sqlite/openSqlite.ts"
import { event, rate, request, runRow } from "../../journal/JournalWorld.ts"

const file = fileURLToPath(new URL("v4.db", import.meta.url))
rmSync(file, { force: true })
const journal = answersOf(openSqlite(file))
const ended = runRow(journal, "ended")
const reader = runRow(journal, "reader")
const saved = (artifact: string, gc: "Never" | "OnWorkflowCompletion" | "OnWorkflowDeletion") =>
  savedRow({
    artifact,
    name: artifact,
    kind: "directory",
    archive: "tar+gzip",
    store: "default",
    key: `pinnace/file/ended/${artifact}`,
    size: 7,
    sha256: "ab",
    mediaType: "application/gzip",
    gc
  }, { run: ended.key, runId: "ended", path: "make", attempt: 2, createdAt: 1_795_000_000_007 })
journal.append([
  { kind: "create", row: ended },
  { kind: "create", row: reader },
  event(ended.key, 1),
  event(reader.key, 1),
  ...([["done", "OnWorkflowCompletion"], ["kept", "Never"], ["read", "OnWorkflowDeletion"]] as const)
    .map(([artifact, gc]) => ({ kind: "artifact", row: saved(artifact, gc) }) as const),
  { kind: "reader", artifact: "read", run: reader.key },
  rate("api", 1, 3_600_000),
  request(reader.key, "x", "api"),
  request(reader.key, "y", "api")
])
journal.append([{
  kind: "run",
  row: { ...ended, phase: "Succeeded", finishedAt: 1_795_000_000_010, deleteAt: 1_795_000_000_020 }
}])
journal.close()
