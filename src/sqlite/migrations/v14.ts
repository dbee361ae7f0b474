/**
 * Schema version 14: views of runs and nodes for everybody's SQL, and lines of a run in their order without sorting all
 * of them. Never edit: saved files of this version exist.
 *
 * Tables may change with each version; these views keep their columns. Times are text in UTC, values are JSON.
 */
const time = (column: string): string =>
  `iif(${column} > 0, strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch'), NULL)`

const seconds = (from: string, to: string): string => `iif(${from} > 0 AND ${to} > 0, (${to} - ${from}) / 1000.0, NULL)`

const value = (seq: string, path: string, run: string): string =>
  `(SELECT iif(json_valid(e.data), e.data -> '${path}', NULL) FROM events e WHERE e.run = ${run} AND e.seq = ${seq})`

/** The script of version 14. */
export const v14 = `
CREATE VIEW v_runs AS SELECT
  id, workflow, kind, phase, reason, message, priority, labels, epoch, origin,
  suspended, held, stopping,
  ${time("createdAt")} AS created_at,
  ${time("startedAt")} AS started_at,
  ${time("finishedAt")} AS finished_at,
  ${seconds("startedAt", "finishedAt")} AS seconds,
  ${value("r.inputSeq", "$.input", "r.key")} AS input,
  ${value("r.resultSeq", "$.ending.output", "r.key")} AS output,
  ${value("r.resultSeq", "$.ending.error", "r.key")} AS error
FROM runs r;

CREATE VIEW v_nodes AS SELECT
  r.id AS run, r.workflow, n.path, n.kind, n.phase, n.reason, n.message,
  n.attempt, n.reruns, n.waiting,
  ${time("n.until")} AS waits_until,
  ${time("n.startedAt")} AS started_at,
  ${time("n.finishedAt")} AS finished_at,
  ${seconds("n.startedAt", "n.finishedAt")} AS seconds,
  ${value("n.inputSeq", "$.input", "n.run")} AS input,
  ${value("n.resultSeq", "$.ending.output", "n.run")} AS output,
  ${value("n.resultSeq", "$.ending.error", "n.run")} AS error
FROM nodes n JOIN runs r ON r.key = n.run;

CREATE INDEX logs_by_run ON logs (run);
`
