/**
 * Schema version 1: the views of a state file, for everybody's SQL. Never edit once databases of this version exist.
 *
 * Tables may change with each version; these views keep their columns.
 */
const time = (column: string): string => `CASE WHEN ${column} > 0 THEN to_timestamp(${column} / 1000.0) END`

const seconds = (from: string, to: string): string =>
  `CASE WHEN ${from} > 0 AND ${to} > 0 THEN (${to} - ${from}) / 1000.0 END`

const value = (seq: string, path: string, run: string): string =>
  `(SELECT e.data::json #> '${path}' FROM events e WHERE e.run = ${run} AND e.seq = ${seq})`

/** The views. */
export const views = `
CREATE VIEW v_runs AS SELECT
  id, workflow, kind, phase, reason, message, priority, labels, epoch, origin,
  suspended, held, stopping,
  ${time(`r."createdAt"`)} AS created_at,
  ${time(`r."startedAt"`)} AS started_at,
  ${time(`r."finishedAt"`)} AS finished_at,
  ${seconds(`r."startedAt"`, `r."finishedAt"`)} AS seconds,
  ${value(`r."inputSeq"`, "{input}", "r.key")} AS input,
  ${value(`r."resultSeq"`, "{ending,output}", "r.key")} AS output,
  ${value(`r."resultSeq"`, "{ending,error}", "r.key")} AS error
FROM runs r;

CREATE VIEW v_nodes AS SELECT
  r.id AS run, r.workflow, n.path, n.kind, n.phase, n.reason, n.message,
  n.attempt, n.reruns, n.waiting,
  ${time("n.until")} AS waits_until,
  ${time(`n."startedAt"`)} AS started_at,
  ${time(`n."finishedAt"`)} AS finished_at,
  ${seconds(`n."startedAt"`, `n."finishedAt"`)} AS seconds,
  ${value(`n."inputSeq"`, "{input}", "n.run")} AS input,
  ${value(`n."resultSeq"`, "{ending,output}", "n.run")} AS output,
  ${value(`n."resultSeq"`, "{ending,error}", "n.run")} AS error
FROM nodes n JOIN runs r ON r.key = n.run;
`
