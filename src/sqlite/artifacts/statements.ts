/** The SQL of artifacts. */
import type { Database } from "../Database.ts"

const columns =
  "artifact, name, kind, archive, store, key, size, sha256, mediaType, gc, run, runId, path, attempt, state, pinned, error, " +
  "tries, nextAt, createdAt"

const isOwned = (run: string): string => `${run}.owner IN (SELECT id FROM processes)`

/** In a store that this process has. The plus keeps SQLite from going through all artifacts of the store. */
const here = "+a.store IN (SELECT value FROM json_each(@stores))"

/** The rule of `run/garbage.ts`. */
const unread = `a.state = 'due' AND a.pinned = 0
  AND NOT EXISTS (
    SELECT 1 FROM runs r WHERE r.key = a.run AND ${
  isOwned("r")
} AND (a.gc <> 'temp' OR r.phase NOT IN ('Pending', 'Running'))
  )
  AND NOT EXISTS (
    SELECT 1 FROM artifactReaders f JOIN runs r ON r.key = f.run
    WHERE f.artifact = a.artifact AND (a.gc = 'OnWorkflowDeletion' OR r.phase IN ('Pending', 'Running') OR ${
  isOwned("r")
})
  )`

const garbage = `${here} AND ${unread} AND NOT EXISTS (SELECT 1 FROM memoReaders m WHERE m.artifact = a.artifact)`

const open =
  `${here} AND a.state = 'deleting' AND a.nextAt <= @now AND (a.collector IS NULL OR a.collector NOT IN (SELECT id FROM processes))`

/** What names a key that somebody replaces. */
const replaced =
  `artifacts INDEXED BY artifacts_by_key WHERE store = ? AND key = ? AND pinned = 0 AND state <> 'deleted'
  AND (state <> 'deleting' OR collector IS NULL OR collector NOT IN (SELECT id FROM processes))`

/** What can be deleted at an instant. */
export const collectable = `SELECT a.* FROM artifacts a INDEXED BY artifacts_due WHERE ${garbage}
  UNION ALL SELECT a.* FROM artifacts a INDEXED BY artifacts_deleting WHERE ${open}`

const chosen =
  `artifact > @after AND (@runId IS NULL OR runId = @runId) AND state IN (SELECT value FROM json_each(@states))
  ORDER BY artifact LIMIT @most`

const isAnything = `SELECT EXISTS (SELECT 1 FROM artifacts INDEXED BY artifacts_due WHERE state = 'due')
  OR EXISTS (SELECT 1 FROM artifacts INDEXED BY artifacts_deleting WHERE state = 'deleting')`

/** The statements, prepared once for each process. */
export const prepare = (db: Database) => ({
  insert: db.prepare(
    `INSERT OR REPLACE INTO artifacts (${columns}) VALUES (${
      columns.split(", ").map((column) => `@${column}`).join(", ")
    })`
  ),
  read: db.prepare(
    `INSERT OR IGNORE INTO artifactReaders (artifact, run)
     SELECT artifact, @run FROM artifacts WHERE artifact = @artifact AND run <> @run`
  ),
  due: db.prepare(
    `UPDATE artifacts SET state = CASE state WHEN 'live' THEN 'due' ELSE 'deleting' END, tries = 0, error = NULL
     WHERE artifact = ? AND state IN ('live', 'failed')`
  ),
  pin: db.prepare("UPDATE artifacts SET pinned = ? WHERE artifact = ?"),
  end: db.prepare(
    "UPDATE artifacts SET state = 'due' WHERE run = ? AND state = 'live' AND gc IN ('OnWorkflowCompletion', 'temp')"
  ),
  revive: db.prepare("UPDATE artifacts SET state = 'live' WHERE run = ? AND state = 'due' AND gc <> 'temp'"),
  get: db.prepare("SELECT * FROM artifacts WHERE artifact = ?"),
  list: db.prepare(`SELECT * FROM artifacts WHERE ${chosen}`),
  ofRun: db.prepare(`SELECT * FROM artifacts WHERE run = @run AND (@path IS NULL OR path = @path) AND ${chosen}`),
  isAnything: db.prepare(isAnything).pluck(),
  any: db.prepare("SELECT 1 FROM artifacts LIMIT 1"),
  collectable: db.prepare(`SELECT * FROM (${collectable}) LIMIT @limit`),
  places: db.prepare(
    `SELECT store FROM artifacts INDEXED BY artifacts_due WHERE state = 'due'
     UNION SELECT store FROM artifacts INDEXED BY artifacts_deleting WHERE state = 'deleting'`
  ).pluck(),
  held: db.prepare(
    `SELECT m.artifact, m.cache, m.key, a.size, (${unread}) AS isFree
     FROM memoReaders m JOIN artifacts a ON a.artifact = m.artifact`
  ),
  totals: db.prepare(`SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM (${collectable})`),
  take: db.prepare("UPDATE artifacts SET state = 'deleting', nextAt = 0, collector = ? WHERE artifact = ?"),
  next: db.prepare(
    `SELECT nextAt FROM artifacts WHERE state = 'deleting' AND nextAt > 0 AND store IN (SELECT value FROM json_each(?))
     ORDER BY nextAt LIMIT 1`
  )
    .pluck(),
  named: db.prepare(
    `SELECT a.* FROM json_each(?) j CROSS JOIN artifacts a INDEXED BY artifacts_by_key ON a.store = ? AND a.key = j.value
     WHERE a.state <> 'deleted'`
  ),
  failed: db.prepare(
    "UPDATE artifacts SET state = ?, error = ?, nextAt = ?, tries = tries + 1, collector = NULL WHERE artifact = ?"
  ),
  erase: db.prepare("DELETE FROM artifacts WHERE artifact = ? AND run NOT IN (SELECT key FROM runs)"),
  eraseKey: db.prepare(`DELETE FROM ${replaced} AND run NOT IN (SELECT key FROM runs)`),
  overwrite: db.prepare(
    `UPDATE ${replaced.replace(" WHERE", " SET state = 'deleted', error = NULL, nextAt = 0, collector = NULL WHERE")}`
  ),
  gone: db.prepare(
    "UPDATE artifacts SET state = 'deleted', error = NULL, nextAt = 0, collector = NULL WHERE artifact = ?"
  )
})
