/** The SQL of permits, and the states of a request as tables tell them. */
import type { PermitRow, Take } from "../../lock/Permit.ts"
import type { Database } from "../Database.ts"

/** Where a request stands; 0 and 1 are also what `EXISTS` answers about a living owner. */
export const states = {
  /** Nobody alive executes its run. */
  orphaned: 0,
  waiting: 1,
  granted: 2,
  /** No freed permit could serve it: it keeps nobody waiting until a limit changes. */
  parked: 3,
  /** One of its keys has no room for it now: it waits for that one, and has no place in other queues. */
  aside: 4
} as const

/** A row of `permits`. */
export interface Stored extends Omit<PermitRow, "takes"> {
  readonly takes: string
  readonly state: number
}

/** What the tables know of a semaphore's capacity; `held` is the sum of granted weights. */
export interface StoredCapacity {
  readonly limit: number | null
  readonly per: number | null
  readonly fullAt: number
  readonly held: number
}

const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

/** The statements, prepared once for each process. */
export const prepare = (db: Database) => ({
  ...ofQueues(db),
  any: db.prepare("SELECT 1 FROM permits LIMIT 1"),
  limit: db.prepare(
    `INSERT INTO semaphores (name, "limit", per, source, problem) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET "limit" = excluded."limit", per = excluded.per, source = excluded.source, problem = excluded.problem`
  ),
  limitInitially: db.prepare(
    `INSERT INTO semaphores (name, "limit", per, source, problem) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET "limit" = coalesce(semaphores."limit", excluded."limit"), per = excluded.per,
       source = excluded.source, problem = excluded.problem
     WHERE semaphores."limit" IS NULL OR semaphores.per IS NOT excluded.per`
  ),
  ...ofPlaces(db),
  now: db.prepare(`SELECT ${now}`).pluck(),
  spend: db.prepare("UPDATE semaphores SET fullAt = ? WHERE name = ?"),
  reserve: db.prepare("UPDATE permits SET priority = ?, state = ?, grantedAt = 0, granted = 0 WHERE arrival = ?"),
  parked: db.prepare(
    `SELECT * FROM permits WHERE arrival IN (SELECT arrival FROM takes WHERE name = ? AND state = ${states.parked})`
  ),
  rates: db.prepare("SELECT name FROM semaphores WHERE per IS NOT NULL").pluck(),
  insert: db.prepare(
    `INSERT INTO permits (arrival, run, path, priority, takes, askedAt, grantedAt, granted, state)
     SELECT ?, key, ?, ?, ?, ?, 0, 0, EXISTS (SELECT 1 FROM processes WHERE id = owner) FROM runs
     WHERE key = ? AND phase IN ('Pending', 'Running') ON CONFLICT DO NOTHING RETURNING arrival, state`
  ),
  release: db.prepare("DELETE FROM permits WHERE run = ? AND path = ? RETURNING arrival, priority, takes, state"),
  replace: db.prepare(
    "UPDATE permits SET priority = ?, takes = ?, grantedAt = 0, granted = 0, state = ? WHERE arrival = ?"
  ),
  remove: db.prepare("DELETE FROM permits WHERE arrival = ?"),
  addTake: db.prepare("INSERT INTO takes (name, state, turn, arrival, weight) VALUES (?, ?, ?, ?, ?)"),
  taken: db.prepare("SELECT name, weight FROM takes WHERE arrival = ?"),
  removeTake: db.prepare("DELETE FROM takes WHERE name = ? AND state = ? AND turn = ? AND arrival = ?"),
  moveTake: db.prepare("UPDATE takes SET state = ? WHERE name = ? AND state = ? AND turn = ? AND arrival = ?"),
  move: db.prepare("UPDATE permits SET state = ?, grantedAt = 0, granted = 0 WHERE arrival = ?"),
  grant: db.prepare(`UPDATE permits SET state = ${states.granted}, grantedAt = ?, granted = ? WHERE arrival = ?`),
  renumber: db.prepare("UPDATE permits SET granted = ? WHERE arrival = ?"),
  number: db.prepare("UPDATE grants SET latest = latest + 1 RETURNING latest").pluck(),
  owner: db.prepare("SELECT owner FROM runs WHERE key = ?").pluck(),
  find: db.prepare("SELECT * FROM permits WHERE run = ? AND path = ?"),
  ofRun: db.prepare("SELECT * FROM permits WHERE run = ?"),
  orphans: db.prepare(
    `SELECT p.* FROM permits p JOIN runs r ON r.key = p.run
     WHERE p.state <> ${states.orphaned} AND NOT EXISTS (SELECT 1 FROM processes WHERE id = r.owner)`
  ),
  capacity: db.prepare(
    `SELECT "limit", per, fullAt, (SELECT total(weight) FROM takes WHERE name = ? AND state = ${states.granted}) AS held
     FROM semaphores WHERE name = ?`
  ),
  held: db.prepare(`SELECT total(weight) FROM takes WHERE name = ? AND state = ${states.granted}`).pluck(),
  news: db.prepare(
    `SELECT p.run, p.path, p.granted FROM permits p INDEXED BY permits_granted CROSS JOIN runs r ON r.key = p.run
     WHERE p.granted > 0 AND p.granted > ? AND r.owner = ? ORDER BY p.granted, p.priority DESC, p.arrival`
  )
})

/** Where a new request comes; see `lock/turns.ts`. */
const ofPlaces = (db: Database) => ({
  newest: db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'permits'").pluck(),
  /** Whether anybody waits for a name, whatever keeps him. */
  isWaitedFor: db.prepare(
    `SELECT EXISTS (SELECT 1 FROM takes WHERE name = ? AND state < ${states.granted})
       OR EXISTS (SELECT 1 FROM takes WHERE name = ? AND state > ${states.granted})`
  ).pluck(),
  /** The latest place of a name in a state, of one priority. */
  last: db.prepare("SELECT max(arrival) FROM takes WHERE name = ? AND state = ? AND turn = ?").pluck(),
  grantedTurn: db.prepare("SELECT fullAt FROM semaphores WHERE name = ? AND per IS NULL").pluck(),
  /** The first free place from one on. */
  free: db.prepare(
    `SELECT coalesce(max(arrival) + 1, ?) FROM permits WHERE arrival >= ? AND arrival < ?
       AND EXISTS (SELECT 1 FROM permits WHERE arrival = ?)`
  ).pluck(),
  /** The latest place that was granted to a family; of a rate the column says something else. */
  turned: db.prepare("UPDATE semaphores SET fullAt = max(fullAt, ?) WHERE name = ? AND per IS NULL")
})

const ofQueues = (db: Database) => ({
  /** Those who wait in a queue in a state, in their turn. */
  first: db.prepare(
    `SELECT p.*, t.weight, o.id AS owner FROM takes t CROSS JOIN permits p ON p.arrival = t.arrival
     CROSS JOIN runs r ON r.key = p.run LEFT JOIN processes o ON o.id = r.owner
     WHERE t.name = ? AND t.state = ? ORDER BY t.turn, t.arrival LIMIT ?`
  ),
  /** Those who wait for a name and for a key. */
  users: db.prepare(
    `SELECT p.* FROM takes t JOIN permits p ON p.arrival = t.arrival
     WHERE t.name = ? AND t.state IN (${states.waiting}, ${states.aside}) AND instr(p.takes, '"~') > 0`
  )
})

/** What a request takes; where its own text is damaged, what its queues say. */
export const takesOf = (
  statements: Statements,
  { arrival, takes }: Pick<Stored, "arrival" | "takes">
): ReadonlyArray<Take> => {
  try {
    const own = JSON.parse(takes)
    if (Array.isArray(own)) return own
  } catch {
    // Damaged.
  }
  return statements.taken.all(arrival) as Array<Take>
}

/** The prepared statements. */
export type Statements = ReturnType<typeof prepare>
