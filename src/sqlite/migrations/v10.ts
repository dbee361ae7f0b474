/**
 * Schema version 10: remembered results. Never edit: saved files of this version exist.
 *
 * `value` is JSON that storage does not know. `runId` and `path` tell where it came from; that run may be deleted.
 */
export const v10 = `
CREATE TABLE memos (
  cache TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  runId TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (cache, key)
) STRICT, WITHOUT ROWID;
`
