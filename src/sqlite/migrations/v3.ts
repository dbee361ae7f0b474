/**
 * Schema version 3: rates. Never edit: saved files of this version exist.
 *
 * A semaphore with `per` is a rate: its permits come back by themselves within this many milliseconds; `fullAt` is the
 * instant at which all are there again. A request in state 3 could not be served whatever is freed, and waits aside
 * until a limit changes.
 */
export const v3 = `
ALTER TABLE semaphores ADD COLUMN per REAL;
ALTER TABLE semaphores ADD COLUMN fullAt REAL NOT NULL DEFAULT 0;
`
