/**
 * Schema version 9: runs that ended by phase, and deletion in pieces. Never edit: saved files of this version exist.
 *
 * `deletedRuns` names runs whose own row is gone and of which other rows are left to be deleted. Keys never come back.
 */
export const v9 = `
CREATE INDEX runs_ended ON runs (phase, createdAt) WHERE phase NOT IN ('Pending', 'Running');
CREATE INDEX runs_ended_by_workflow ON runs (workflow, phase, createdAt) WHERE phase NOT IN ('Pending', 'Running');
CREATE TABLE deletedRuns (run INTEGER PRIMARY KEY) STRICT;
`
