/**
 * Schema version 5: how many attempts a node may have, 0 where that has no
 * bound or was not recorded. Never edit: saved files of this version exist.
 */
export const v5 = `
ALTER TABLE nodes ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
`
