/**
 * Schema version 7: what a run is, and the definition that is
 * kept for it. Never edit: saved files of this version exist.
 *
 * Files of before say what a run is only by the nodes of the
 * manifests' interpreter. None of their runs has a definition.
 */
export const v7 = `
CREATE TABLE definitions (
  digest TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'typed';
ALTER TABLE runs ADD COLUMN definition TEXT;

UPDATE runs SET kind = 'manifest' WHERE EXISTS (
  SELECT 1 FROM nodes JOIN events ON events.run = nodes.run AND events.seq = nodes.inputSeq
  WHERE nodes.run = runs.key AND nodes.path IN ('main/entry', 'main/~/entry')
    AND iif(json_valid(events.data), json_type(events.data, '$.input.displayName'), '') = 'text'
);
UPDATE events SET data = iif(json_valid(data), json_set(data, '$.kind', 'manifest'), data)
WHERE seq = 1 AND type = 'RunCreated' AND run IN (SELECT key FROM runs WHERE kind = 'manifest');
`
