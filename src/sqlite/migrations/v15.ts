/**
 * Schema version 15: the fields of a line of a log, as JSON text. Never edit once it is released: saved files of this
 * version exist.
 */

/** The script of version 15. */
export const v15 = `
ALTER TABLE logs ADD COLUMN data TEXT;
`
