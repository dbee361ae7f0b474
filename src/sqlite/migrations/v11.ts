/**
 * Schema version 11: cells. Never edit: saved files of this version exist.
 *
 * `data` is JSON that storage does not know.
 */
export const v11 = `
CREATE TABLE cells (
  space TEXT NOT NULL,
  key TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
`
