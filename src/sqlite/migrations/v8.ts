/**
 * Schema version 8: what a node shows has a field of its own
 * in its event. Never edit: saved files of this version exist.
 *
 * Before, nodes of manifests kept it as their input, and those of
 * workflows that were created by a node were told by their path.
 */
export const v8 = `
UPDATE events SET data = json_set(data, '$.shows', json(json_extract(data, '$.input')), '$.input', NULL)
WHERE type = 'NodeStarted' AND json_type(data, '$.input.displayName') = 'text'
  AND run IN (SELECT key FROM runs WHERE kind = 'manifest');
UPDATE events SET data = json_remove(json_set(data, '$.shows', json(json_extract(data, '$.input'))), '$.input')
WHERE type = 'NodeFinished' AND json_type(data, '$.input.displayName') = 'text'
  AND run IN (SELECT key FROM runs WHERE kind = 'manifest');
UPDATE events SET data = json_set(data, '$.shows.nested', json('true'))
WHERE json_type(data, '$.shows') = 'object' AND path LIKE '%/run~%';
`
