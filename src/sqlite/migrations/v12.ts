/**
 * Schema version 12: what remembered results were made of, what they took, and when they were used. Never edit: saved
 * files of this version exist.
 *
 * `parts` is JSON that storage does not know. `memoReaders` names the artifacts that an entry has handles of, which are
 * kept as long as it.
 */
export const v12 = `
ALTER TABLE memos ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE memos ADD COLUMN millis INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memos ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memos ADD COLUMN usedAt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memos ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
UPDATE memos SET usedAt = createdAt, size = length(CAST(value AS BLOB));
CREATE INDEX memos_by_use ON memos (usedAt, size);
CREATE TABLE memoReaders (
  artifact TEXT NOT NULL,
  cache TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (artifact, cache, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX memoReaders_by_entry ON memoReaders (cache, key);
`
