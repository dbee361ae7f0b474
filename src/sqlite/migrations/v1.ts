/**
 * Schema version 1. Never edit: saved files of this version exist.
 *
 * Columns carry the names of the fields they hold. Payloads live
 * in `events.data` only; rows name the event that holds them.
 */
export const v1 = `
CREATE TABLE processes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  bell TEXT,
  openedAt INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  digest TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  epoch INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  labels TEXT NOT NULL,
  owner INTEGER,
  suspended INTEGER NOT NULL,
  stopping TEXT,
  held TEXT,
  origin TEXT,
  createdAt INTEGER NOT NULL,
  startedAt INTEGER NOT NULL,
  finishedAt INTEGER NOT NULL,
  inputSeq INTEGER NOT NULL,
  resultSeq INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_time ON runs (createdAt);
CREATE INDEX runs_by_workflow ON runs (workflow, createdAt);
CREATE INDEX runs_open ON runs (owner) WHERE phase IN ('Pending', 'Running');

CREATE TABLE nodes (
  run INTEGER NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  base INTEGER NOT NULL,
  reruns INTEGER NOT NULL,
  waiting TEXT,
  until INTEGER NOT NULL,
  progress TEXT,
  startedAt INTEGER NOT NULL,
  finishedAt INTEGER NOT NULL,
  inputSeq INTEGER NOT NULL,
  signalSeq INTEGER NOT NULL,
  resultSeq INTEGER NOT NULL,
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  path TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  path TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_node ON logs (run, path);

CREATE TABLE plans (
  digest TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL,
  verb TEXT NOT NULL,
  args TEXT NOT NULL,
  answer TEXT
) STRICT;
CREATE INDEX commands_by_run ON commands (run);
CREATE INDEX commands_open ON commands (run) WHERE answer IS NULL;
`
