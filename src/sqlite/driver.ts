/**
 * The SQLite driver where it cannot be found by its name: in an executable that holds everything.
 *
 * Owns: which driver was provided. Does not own: loading it by name (`Database.ts`).
 */

let provided: unknown = undefined

/** Provides the driver that all state files are opened with from now on: the default export of `better-sqlite3`. */
export const provideDriver = (driver: unknown): void => {
  provided = driver
}

/** The provided driver, if there is one. */
export const providedDriver = (): unknown => provided
