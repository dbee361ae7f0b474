/**
 * Schema version 1: tables. Never edit once databases of this version exist.
 *
 * Columns carry the names of the fields they hold, so that rows travel as JSON without being renamed. Text is compared
 * by bytes (`C`), as a state file does. Payloads live in `events.data` only; rows name the event that holds them.
 *
 * `processes."group"` is the number of the latest change that a process made: with it every change is fenced, ordered
 * and, when its answer is lost, recognised. `claimed` is the number of the change that gave a row to its owner.
 * `returns` counts how often a process whose session had ended was back.
 */
export const tables = `
CREATE TABLE meta (version int NOT NULL, identity text NOT NULL);
INSERT INTO meta VALUES (0, substr(md5(random()::text || clock_timestamp()::text), 1, 16));

CREATE SEQUENCE process_ids AS int;
CREATE TABLE processes (
  id int PRIMARY KEY,
  "group" int8 NOT NULL DEFAULT 0,
  pid int8 NOT NULL,
  host text NOT NULL,
  "openedAt" int8 NOT NULL,
  returns int NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
CREATE UNLOGGED TABLE watches (process int PRIMARY KEY);

CREATE TABLE runs (
  key int8 PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  workflow text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  kind text NOT NULL,
  definition text,
  phase text NOT NULL,
  reason text,
  message text COLLATE "C",
  epoch int8 NOT NULL,
  priority int8 NOT NULL,
  labels jsonb NOT NULL,
  owner int,
  suspended boolean NOT NULL,
  stopping text,
  held text,
  origin text,
  "createdAt" int8 NOT NULL,
  "startedAt" int8 NOT NULL,
  "finishedAt" int8 NOT NULL,
  "inputSeq" int8 NOT NULL,
  "resultSeq" int8 NOT NULL,
  "deleteAt" int8 NOT NULL,
  claimed int8
) WITH (fillfactor = 70);
CREATE INDEX runs_by_time ON runs ("createdAt", key);
CREATE INDEX runs_by_workflow ON runs (workflow, "createdAt", key);
CREATE INDEX runs_open ON runs (owner) WHERE phase IN ('Pending', 'Running');
CREATE INDEX runs_by_label ON runs USING gin (labels jsonb_path_ops);
CREATE INDEX runs_by_deletion ON runs ("deleteAt") WHERE "deleteAt" > 0;

-- Runs that were deleted, and of which something is left.
CREATE TABLE deleted_runs (run int8 PRIMARY KEY);

CREATE TABLE nodes (
  run int8 NOT NULL,
  path text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  phase text NOT NULL,
  reason text,
  message text,
  epoch int8 NOT NULL,
  attempt int8 NOT NULL,
  attempts int8 NOT NULL,
  base int8 NOT NULL,
  reruns int8 NOT NULL,
  waiting text,
  until int8 NOT NULL,
  progress json,
  "startedAt" int8 NOT NULL,
  "finishedAt" int8 NOT NULL,
  "inputSeq" int8 NOT NULL,
  "signalSeq" int8 NOT NULL,
  "resultSeq" int8 NOT NULL,
  PRIMARY KEY (run, path)
) WITH (fillfactor = 50);

CREATE TABLE events (
  run int8 NOT NULL,
  seq int8 NOT NULL,
  at int8 NOT NULL,
  type text NOT NULL,
  path text,
  data text NOT NULL,
  PRIMARY KEY (run, seq)
);

CREATE TABLE logs (
  id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run int8 NOT NULL,
  path text COLLATE "C" NOT NULL,
  attempt int8 NOT NULL,
  at int8 NOT NULL,
  level text NOT NULL,
  text text NOT NULL,
  data text
);
CREATE INDEX logs_by_node ON logs (run, path, id);
CREATE INDEX logs_by_run ON logs (run, id);

CREATE TABLE plans (digest text PRIMARY KEY, workflow text NOT NULL, json text NOT NULL);
CREATE TABLE definitions (digest text PRIMARY KEY, text text NOT NULL);
CREATE TABLE memos (
  cache text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text NOT NULL,
  "createdAt" int8 NOT NULL,
  "runId" text NOT NULL,
  path text NOT NULL,
  parts text NOT NULL DEFAULT '[]',
  millis int8 NOT NULL DEFAULT 0,
  size int8 NOT NULL DEFAULT 0,
  "usedAt" int8 NOT NULL DEFAULT 0,
  uses int8 NOT NULL DEFAULT 0,
  code text COLLATE "C",
  ttl int8,
  PRIMARY KEY (cache, key)
);
CREATE INDEX memos_by_code ON memos (code) WHERE code IS NOT NULL;
CREATE INDEX memos_by_use ON memos ("usedAt", size);
CREATE TABLE memo_readers (
  artifact text COLLATE "C" NOT NULL,
  cache text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (artifact, cache, key)
);
CREATE INDEX memo_readers_by_entry ON memo_readers (cache, key);

CREATE TABLE cells (
  space text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (space, key)
);

CREATE TABLE commands (
  id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token text NOT NULL UNIQUE,
  run int8 NOT NULL,
  verb text NOT NULL,
  args text NOT NULL,
  answer text
);
CREATE INDEX commands_by_run ON commands (run);

CREATE TABLE semaphores (
  name text COLLATE "C" PRIMARY KEY,
  "limit" int8,
  per float8,
  "fullAt" float8 NOT NULL DEFAULT 0,
  source text NOT NULL,
  problem text
);
CREATE SEQUENCE grant_numbers;
CREATE TABLE permits (
  arrival int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run int8 NOT NULL,
  path text COLLATE "C" NOT NULL,
  priority int8 NOT NULL,
  takes jsonb NOT NULL,
  "askedAt" int8 NOT NULL,
  "grantedAt" int8 NOT NULL DEFAULT 0,
  granted int8 NOT NULL DEFAULT 0,
  UNIQUE (run, path)
);
CREATE INDEX permits_by_turn ON permits (priority DESC, arrival) WHERE granted = 0;
CREATE INDEX permits_granted ON permits (granted) WHERE granted > 0;
CREATE TABLE takes (
  arrival int8 NOT NULL REFERENCES permits ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  weight int8 NOT NULL,
  held boolean NOT NULL DEFAULT false,
  PRIMARY KEY (arrival, name)
);
CREATE INDEX takes_by_name ON takes (name, held);

CREATE TABLE artifacts (
  artifact text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL,
  archive text NOT NULL,
  store text NOT NULL,
  key text NOT NULL,
  size int8 NOT NULL,
  sha256 text NOT NULL,
  "mediaType" text NOT NULL,
  gc text NOT NULL,
  run int8 NOT NULL,
  "runId" text NOT NULL,
  path text NOT NULL,
  attempt int8 NOT NULL,
  state text NOT NULL,
  pinned boolean NOT NULL,
  error text,
  tries int8 NOT NULL,
  "nextAt" int8 NOT NULL,
  "createdAt" int8 NOT NULL,
  collector int,
  claimed int8
);
CREATE INDEX artifacts_by_run ON artifacts (run, state);
CREATE INDEX artifacts_by_key ON artifacts (store, key);
CREATE INDEX artifacts_going ON artifacts (state, artifact) WHERE state IN ('due', 'deleting');
CREATE TABLE artifact_readers (artifact text COLLATE "C" NOT NULL, run int8 NOT NULL, PRIMARY KEY (artifact, run));
CREATE INDEX artifact_readers_by_run ON artifact_readers (run);
`
