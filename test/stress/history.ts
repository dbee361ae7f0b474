/**
 * The history of requests, grants, releases and limits as storage itself made it: triggers in the state file write it
 * down in the very transactions that make it, so nothing is missing and its order is that of commits.
 */
import type { Database } from "../../src/sqlite/Database.ts"

/**
 * A request of one name changed its state (0 nobody executes its run, 1
 * waits, 2 granted, 3 waits aside, -1 not there), or a limit was set.
 */
export interface Change {
  readonly what: "request" | "limit"
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly name: string
  /** Weight of a request, or the limit; `null` for a limit that is not known. */
  readonly amount: number | null
  /** The place in the queue: `turn` first, then `arrival`. */
  readonly turn: number
  readonly arrival: number
  readonly was: number
  readonly now: number
  /** Run and node, where the request began. */
  readonly run: string | null
  readonly path: string | null
}

const instant = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

const note = (what: string, row: "new" | "old", was: string, now: string): string =>
  `INSERT INTO history (what, at, name, amount, turn, arrival, was, now, run, path)
   SELECT '${what}', ${instant}, ${row}.name, ${row}.weight, ${row}.turn, ${row}.arrival, ${was}, ${now},
     (SELECT r.id FROM permits p JOIN runs r ON r.key = p.run WHERE p.arrival = ${row}.arrival),
     (SELECT path FROM permits WHERE arrival = ${row}.arrival)`

const noteLimit = `INSERT INTO history (what, at, name, amount, turn, arrival, was, now)
  VALUES ('limit', ${instant}, new.name, new."limit", 0, 0, 0, 0)`

/** Makes the file keep its history from now on. */
export const keepHistory = (db: Database): void =>
  db.exec(`
    CREATE TABLE history (
      seq INTEGER PRIMARY KEY, what TEXT, at INTEGER, name TEXT, amount INTEGER, turn INTEGER, arrival INTEGER, was INTEGER, now INTEGER,
      run TEXT, path TEXT
    );
    CREATE TRIGGER history_asked AFTER INSERT ON takes BEGIN ${note("request", "new", "-1", "new.state")}; END;
    CREATE TRIGGER history_moved AFTER UPDATE ON takes BEGIN ${note("request", "new", "old.state", "new.state")}; END;
    CREATE TRIGGER history_dropped AFTER DELETE ON takes BEGIN ${note("request", "old", "old.state", "-1")}; END;
    CREATE TRIGGER history_limited AFTER INSERT ON semaphores BEGIN ${noteLimit}; END;
    CREATE TRIGGER history_changed AFTER UPDATE OF "limit" ON semaphores BEGIN ${noteLimit}; END;`)

/** All that happened, in order. */
export const readHistory = (db: Database): ReadonlyArray<Change> =>
  db.prepare("SELECT * FROM history ORDER BY seq").all() as Array<Change>
