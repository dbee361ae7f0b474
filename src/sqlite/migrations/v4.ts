/**
 * Schema version 4: artifacts and retention. Never edit: saved files of this version exist.
 *
 * `artifacts.run` may name a run that was deleted: the row stays until
 * its bytes are gone. `collector` is the process that deletes it.
 * `artifactReaders` names other runs that got the handle.
 * `identity` is what tells this file from others in shared stores.
 */
export const v4 = `
CREATE TABLE artifacts (
  artifact TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  archive TEXT NOT NULL,
  store TEXT NOT NULL,
  key TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  mediaType TEXT NOT NULL,
  gc TEXT NOT NULL,
  run INTEGER NOT NULL,
  runId TEXT NOT NULL,
  path TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL,
  pinned INTEGER NOT NULL,
  error TEXT,
  tries INTEGER NOT NULL,
  nextAt INTEGER NOT NULL,
  createdAt INTEGER NOT NULL,
  collector INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_run ON artifacts (run);
CREATE INDEX artifacts_by_key ON artifacts (store, key);
CREATE INDEX artifacts_due ON artifacts (artifact) WHERE state = 'due';
CREATE INDEX artifacts_deleting ON artifacts (nextAt) WHERE state = 'deleting';

CREATE TABLE artifactReaders (
  artifact TEXT NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (artifact, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifactReaders_by_run ON artifactReaders (run);

CREATE TABLE identity (file TEXT NOT NULL) STRICT;
INSERT INTO identity VALUES (lower(hex(randomblob(8))));

ALTER TABLE runs ADD COLUMN deleteAt INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_by_deletion ON runs (deleteAt) WHERE deleteAt > 0;
`
