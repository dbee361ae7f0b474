/**
 * Schema version 2: permits. Never edit: saved files of this version exist.
 *
 * A request is a row of `permits` and, for each name it takes, one of `takes`, whose key is the queue: of one name and
 * state, the order of turn. `state` is 0 while nobody alive executes the run, 1 while the request waits, 2 while it is
 * granted. `turn` is the priority negated.
 * `granted` numbers the commits that granted something, so that each
 * process can tell which grants it has not heard of; 0 while not granted.
 */
export const v2 = `
CREATE TABLE semaphores (
  name TEXT PRIMARY KEY,
  "limit" INTEGER,
  source TEXT NOT NULL,
  problem TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE permits (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL,
  path TEXT NOT NULL,
  priority INTEGER NOT NULL,
  takes TEXT NOT NULL,
  askedAt INTEGER NOT NULL,
  grantedAt INTEGER NOT NULL,
  granted INTEGER NOT NULL,
  state INTEGER NOT NULL,
  UNIQUE (run, path)
) STRICT;
CREATE INDEX permits_granted ON permits (granted) WHERE granted > 0;

CREATE TABLE takes (
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  PRIMARY KEY (name, state, turn, arrival)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
  latest INTEGER NOT NULL
) STRICT;
INSERT INTO grants VALUES (0);
`
