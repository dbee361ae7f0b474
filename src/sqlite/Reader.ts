/** Reads rows back in the shape the engine knows. Everything is committed state; queued writes are not seen. */
import { spent } from "../lock/bucket.ts"
import type {
  Cell,
  CellQuery,
  Command,
  HeldSemaphore,
  LineQuery,
  LogLine,
  MemoQuery,
  MemoRow,
  MemoSummary,
  OwnedPermit,
  PlacedLine,
  RunQuery
} from "../journal/Journal.ts"
import { bareLine, type ReadsNow, type StoredLine } from "../journal/Reads.ts"
import { damagedRow, parsed, recorded } from "../journal/stored.ts"
import type { Recorded } from "../run/Event.ts"
import { isBeneath } from "../run/path.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { Database, Statement } from "./Database.ts"
import type { Phase, PhaseCounts } from "../run/Phase.ts"
import type { RunChoice } from "../run/select/runChoice.ts"
import { linesAfter, lineTerms } from "./lineChoice.ts"
import type { LineChoice } from "../run/select/lineChoice.ts"
import { counting, listing } from "./runChoice.ts"

type Stored<Row, Encoded extends string> = Omit<Row, Encoded> & { [K in Encoded]: unknown }

const jsonOr = (otherwise: unknown, text: unknown): unknown => {
  try {
    return JSON.parse(text as string)
  } catch {
    return otherwise
  }
}

/** A run as its table holds it. */
export const decodeRun = (row: unknown): RunRow => {
  const stored = row as Stored<RunRow, "labels" | "suspended">
  stored.suspended = stored.suspended === 1
  stored.labels = jsonOr(undefined, stored.labels)
  if (typeof stored.labels === "object" && stored.labels !== null) return stored as RunRow
  // A list must show it, and all others.
  return { ...stored, labels: {}, held: damagedRow("its labels are not a record of strings") } as RunRow
}

const decodeNode = (row: unknown): NodeRow => {
  const stored = row as Stored<NodeRow, "progress">
  if (stored.progress !== null) stored.progress = parsed(() => `the progress of node "${stored.path}"`, stored.progress)
  return stored as NodeRow
}

const decodeSemaphore = (row: unknown): HeldSemaphore => {
  const { fullAt, held, limit, name, now, per, problem, source } = row as HeldSemaphore & {
    readonly fullAt: number
    readonly now: number
  }
  const isRate = per !== null && limit !== null
  return { name, limit, per, source, problem, held: isRate ? spent(fullAt, { limit, per }, now) : held }
}

const decodePermit = (row: unknown): OwnedPermit => {
  const stored = row as Stored<OwnedPermit, "takes">
  const takes = jsonOr([], stored.takes)
  // What it takes is in a table of its own too, which is what counts.
  stored.takes = Array.isArray(takes) ? takes : []
  return stored as OwnedPermit
}

/** What retention may delete: nobody is about to retry it. */
const perishable = "deleteAt > 0 AND (owner IS NULL OR owner NOT IN (SELECT id FROM processes))"

const newestMemos = `SELECT cache, key, createdAt, runId, path, parts, millis, size, usedAt, uses, ttl FROM memos
  WHERE ? IS NULL OR cache = ? ORDER BY createdAt DESC, cache, key LIMIT ?`
const memosBeyond = `SELECT cache, key, createdAt, runId, path, parts, millis, size, usedAt, uses, ttl FROM memos
  WHERE (cache, key) > (?, ?) AND (? IS NULL OR cache = ?) ORDER BY cache, key LIMIT ?`

/** Prepared queries over committed rows. */
export class Reader {
  readonly #db: Database
  readonly #statements = new Map<string, Statement>()

  constructor(db: Database) {
    this.#db = db
  }

  /** The run with this id. */
  findRun(id: string): RunRow | undefined {
    return this.#one("SELECT * FROM runs WHERE id = ?", decodeRun, id)
  }

  /** The run with this key. */
  getRun(key: number): RunRow | undefined {
    return this.#one("SELECT * FROM runs WHERE key = ?", decodeRun, key)
  }

  /** Runs that fit, newest first. */
  listRuns(query: RunQuery): ReadonlyArray<RunRow> {
    const { sql, values } = listing(query)
    return this.#all(sql, ...values).map(decodeRun)
  }

  /** How many runs of each phase are meant. */
  countRuns(choice: RunChoice): PhaseCounts {
    const { sql, values } = counting(choice)
    const rows = this.#all(sql, ...values) as ReadonlyArray<{ readonly phase: Phase; readonly count: number }>
    return Object.fromEntries(rows.map(({ count, phase }) => [phase, count]))
  }

  /** Ended runs that retention deletes by an instant. */
  expired(now: number, limit: number): ReadonlyArray<RunRow> {
    return this.#all(`SELECT * FROM runs WHERE ${perishable} AND deleteAt <= ? ORDER BY deleteAt LIMIT ?`, now, limit)
      .map(decodeRun)
  }

  /** The earliest instant at which retention has something to do. */
  nextExpiry(): number | undefined {
    return this.#one(
      `SELECT deleteAt FROM runs WHERE ${perishable} ORDER BY deleteAt LIMIT 1`,
      (row) => (row as { readonly deleteAt: number }).deleteAt
    )
  }

  /** The nodes of a run, in the order of their paths. */
  nodes(run: number): ReadonlyArray<NodeRow> {
    return this.#all("SELECT * FROM nodes WHERE run = ? ORDER BY path", run).map(decodeNode)
  }

  /** One node of a run. */
  node(run: number, path: string): NodeRow | undefined {
    return this.#one("SELECT * FROM nodes WHERE run = ? AND path = ?", decodeNode, run, path)
  }

  /** A node and those beneath it: what follows the path in theirs is a mark, and all marks come before `\`. */
  nodesWithin(run: number, path: string): ReadonlyArray<NodeRow> {
    return this.#all(
      "SELECT * FROM nodes WHERE run = ? AND path >= ? AND path < ? ORDER BY path",
      run,
      path,
      `${path}\\`
    ).map(decodeNode).filter((row) => row.path === path || isBeneath(row.path, path))
  }

  /** Events of one run with `seq > after`, ascending. */
  events(run: number, after: number, limit = -1): ReadonlyArray<Recorded> {
    return this.#recorded(run, "seq > ? ORDER BY seq LIMIT ?", after, limit)
  }

  /** Those of the events of one run that have these numbers, ascending. */
  eventsAt(run: number, seqs: ReadonlyArray<number>): ReadonlyArray<Recorded> {
    return this.#recorded(run, "seq IN (SELECT value FROM json_each(?)) ORDER BY seq", JSON.stringify(seqs))
  }

  /** Events of one node with `first <= seq <= last`, ascending. */
  eventsOf(run: number, path: string, first: number, last: number): ReadonlyArray<Recorded> {
    return this.#recorded(run, "seq BETWEEN ? AND ? AND path = ? ORDER BY seq", first, last, path)
  }

  #recorded(run: number, which: string, ...values: ReadonlyArray<number | string>): ReadonlyArray<Recorded> {
    const id = this.#one("SELECT id FROM runs WHERE key = ?", (row) => (row as { readonly id: string }).id, run) ?? ""
    return this.#all(`SELECT seq, at, data FROM events WHERE run = ? AND ${which}`, run, ...values)
      .map((row) => recorded(id, row as Parameters<typeof recorded>[1]))
  }

  /** The highest sequence number of a run; 0 when it has no events. */
  lastSeq(run: number): number {
    return this.#one(
      "SELECT max(seq) AS seq FROM events WHERE run = ?",
      (row) => (row as { seq: number | null }).seq,
      run
    ) ?? 0
  }

  /** The latest `limit` lines of a run that are meant, in the order they were written. */
  logs(run: number, choice: LineChoice = {}, limit = -1): ReadonlyArray<LogLine> {
    const { sql, values } = lineTerms(run, choice)
    const which = `SELECT run, path, attempt, at, level, text, data FROM logs WHERE ${sql} ORDER BY id DESC LIMIT ?`
    return (this.#all(which, ...values, limit) as ReadonlyArray<StoredLine<LogLine>>).map(bareLine).reverse()
  }

  /** Lines of a run after a place, in the order they were written. */
  logsAfter(run: number, after: number, query: LineQuery = {}): ReadonlyArray<PlacedLine> {
    const { sql, values } = linesAfter(run, after, query)
    return (this.#all(sql, ...values) as ReadonlyArray<StoredLine<PlacedLine>>).map(bareLine)
  }

  /** How many lines of a run are meant. */
  countLogs(run: number, choice: LineChoice = {}): number {
    const { sql, values } = lineTerms(run, choice)
    const [row] = this.#all(`SELECT count(*) AS count FROM logs WHERE ${sql}`, ...values)
    return (row as { readonly count: number }).count
  }

  /** The stored plan with this digest. */
  plan(digest: string): string | undefined {
    return this.#one("SELECT json FROM plans WHERE digest = ?", (row) => (row as { json: string }).json, digest)
  }

  /** The kept definition with this digest. */
  definition(digest: string): string | undefined {
    return this.#one("SELECT text FROM definitions WHERE digest = ?", (row) => (row as { text: string }).text, digest)
  }

  /** Remembered results, newest first, or those beyond a place. */
  memos({ beyond, cache, limit = 1000 }: MemoQuery): ReadonlyArray<MemoSummary> {
    const most = limit === Infinity ? -1 : limit
    const own = cache ?? null
    const rows = beyond === undefined
      ? this.#all(newestMemos, own, own, most)
      : this.#all(memosBeyond, ...beyond, own, own, most)
    return rows as Array<MemoSummary>
  }

  /** What is remembered under a key. */
  memo(cache: string, key: string): MemoRow | undefined {
    return this.#one(
      "SELECT cache, key, value, createdAt, runId, path, parts, millis FROM memos WHERE cache = ? AND key = ?",
      (row) => row as MemoRow,
      cache,
      key
    )
  }

  /** One cell. */
  cell(space: string, key: string): Cell | undefined {
    return this.#one("SELECT * FROM cells WHERE space = ? AND key = ?", (row) => row as Cell, space, key)
  }

  /** Cells of a space, by their keys. */
  cells(space: string, { backwards, before, from = "", limit = Infinity }: CellQuery = {}): ReadonlyArray<Cell> {
    return this.#all(
      `SELECT * FROM cells WHERE space = ? AND key >= ? AND (? IS NULL OR key < ?)
       ORDER BY key ${backwards === true ? "DESC" : "ASC"} LIMIT ?`,
      space,
      from,
      before ?? null,
      before ?? null,
      limit === Infinity ? -1 : limit
    ) as Array<Cell>
  }

  /** The process that executes a run; `null` when none does, `undefined` when there is no such run. */
  owner(run: number): number | null | undefined {
    return this.#one("SELECT owner FROM runs WHERE key = ?", (row) => (row as { owner: number | null }).owner, run)
  }

  /** Unanswered commands of the runs of a process, oldest first. */
  inbox(process: number): ReadonlyArray<Command> {
    return this.#all(
      "SELECT c.* FROM commands c JOIN runs r ON r.key = c.run WHERE c.answer IS NULL AND r.owner = ? ORDER BY c.id",
      process
    ) as Array<Command>
  }

  /** The command with this id. */
  command(id: number): Command | undefined {
    return this.#one("SELECT * FROM commands WHERE id = ?", (row) => row as Command, id)
  }

  /** Requests for one name or all: holders since the longest first, then the queue. */
  permits(name: string | undefined): ReadonlyArray<OwnedPermit> {
    const which = name === undefined ? "" : "WHERE p.arrival IN (SELECT arrival FROM takes WHERE name = ?)"
    return this.#all(
      `SELECT p.run, p.path, p.priority, p.takes, p.arrival, p.askedAt, p.grantedAt, o.id AS owner FROM permits p
       LEFT JOIN runs r ON r.key = p.run LEFT JOIN processes o ON o.id = r.owner ${which}
       ORDER BY p.grantedAt = 0, p.grantedAt, iif(p.grantedAt = 0, -p.priority, 0), p.arrival`,
      ...name === undefined ? [] : [name]
    ).map(decodePermit)
  }

  /** All semaphores, by name, with what is held of them. */
  semaphores(): ReadonlyArray<HeldSemaphore> {
    return this.#all(
      `SELECT s.*, CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now,
       (SELECT coalesce(sum(weight), 0) FROM takes WHERE name = s.name AND state = 2) AS held FROM semaphores s ORDER BY name`
    ).map(decodeSemaphore)
  }

  #one<A>(sql: string, decode: (row: unknown) => A, ...values: ReadonlyArray<unknown>): A | undefined {
    const row = this.#db.read(() => this.#statement(sql).get(...values))
    return row === undefined ? undefined : decode(row)
  }

  #all(sql: string, ...values: ReadonlyArray<unknown>): Array<unknown> {
    return this.#db.read(() => this.#statement(sql).all(...values))
  }

  #statement(sql: string): Statement {
    const found = this.#statements.get(sql)
    if (found !== undefined) return found
    const made = this.#db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }
}

/** What is read of rows alone; a reader may be replaced by another. */
export const rowsOf = (
  reader: () => Reader
): Omit<ReadsNow, "expired" | "inbox" | "isAlive" | "nextExpiry"> => ({
  findRun: (id) => reader().findRun(id),
  getRun: (key) => reader().getRun(key),
  listRuns: (filter) => reader().listRuns(filter),
  countRuns: (choice) => reader().countRuns(choice),
  nodes: (run) => reader().nodes(run),
  node: (run, path) => reader().node(run, path),
  nodesWithin: (run, path) => reader().nodesWithin(run, path),
  events: (run, after, limit) => reader().events(run, after, limit),
  eventsAt: (run, seqs) => reader().eventsAt(run, seqs),
  eventsOf: (run, path, first, last) => reader().eventsOf(run, path, first, last),
  lastSeq: (run) => reader().lastSeq(run),
  logs: (run, choice, limit) => reader().logs(run, choice, limit),
  logsAfter: (run, after, query) => reader().logsAfter(run, after, query),
  countLogs: (run, choice) => reader().countLogs(run, choice),
  plan: (digest) => reader().plan(digest),
  definition: (digest) => reader().definition(digest),
  memo: (cache, key) => reader().memo(cache, key),
  memos: (filter) => reader().memos(filter),
  cell: (space, key) => reader().cell(space, key),
  cells: (space, query) => reader().cells(space, query),
  command: (id) => reader().command(id),
  permits: (name) => reader().permits(name),
  semaphores: () => reader().semaphores()
})
