/**
 * Schema version 13: the code of a remembered result, so that it goes with the last result that was made by it, and how
 * long it is reused. Never edit: saved files of this version exist.
 *
 * `code` is the digest of a definition, which says what files the code has.
 */
export const v13 = `
ALTER TABLE memos ADD COLUMN code TEXT;
ALTER TABLE memos ADD COLUMN ttl INTEGER;
UPDATE memos SET code = 'code:' || json_extract(parts, '$[1][1]') WHERE json_extract(parts, '$[1][0]') = 'code';
CREATE INDEX memos_by_code ON memos (code) WHERE code IS NOT NULL;
DELETE FROM definitions WHERE digest >= 'code:' AND digest < 'code;'
  AND digest NOT IN (SELECT code FROM memos WHERE code IS NOT NULL);
`
