/** Reads rows back in the shape the engine knows. Everything is committed state; queued writes are not seen. */
import { spent } from "../lock/bucket.ts"
import type { ArtifactQuery, ArtifactReadsNow } from "../journal/ArtifactRows.ts"
import type { HeldSemaphore, OwnedPermit } from "../journal/Journal.ts"
import { bareLine, type PlacedLine, type ReadsNow, type StoredLine } from "../journal/Reads.ts"
import { recorded } from "../journal/stored.ts"
import { ARTIFACT_STATES, type ArtifactRow } from "../run/ArtifactRow.ts"
import type { Recorded } from "../run/Event.ts"
import { isBeneath } from "../run/path.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { Link } from "./Link.ts"
import type { PgRow } from "./PgSession.ts"
import { lineTerms } from "./lineChoice.ts"
import { counting, listing } from "./runChoice.ts"
import { sendableValue } from "./text.ts"

/** Questions whose answers come later. */
export type Later<A> = {
  readonly [K in keyof A]: A[K] extends (...args: infer P) => infer R ? (...args: P) => Promise<R> : never
}

/** A run as its table holds it. */
export const decodeRun = ({ claimed: _, ...row }: PgRow): RunRow => row as unknown as RunRow

/** An artifact as its table holds it. */
export const decodeArtifact = ({ claimed: _, collector: __, ...row }: PgRow): ArtifactRow =>
  row as unknown as ArtifactRow

/** What retention may delete: nobody is about to retry it. */
const perishable = `"deleteAt" > 0 AND (owner IS NULL OR owner NOT IN (SELECT id FROM processes))`

/** No limit is a `LIMIT` of nothing. */
const most = (limit: number | undefined): number | null => limit === undefined || limit === Infinity ? null : limit

/** Asks one connection. */
export class Asker {
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  /** All rows. */
  all(sql: string, ...values: ReadonlyArray<unknown>): Promise<ReadonlyArray<PgRow>> {
    return this.#link.query(sql, values.map(sendableValue))
  }

  /** The first row. */
  async one<A>(decode: (row: PgRow) => A, sql: string, ...values: ReadonlyArray<unknown>): Promise<A | undefined> {
    const [row] = await this.all(sql, ...values)
    return row === undefined ? undefined : decode(row)
  }
}

const column = <A>(name: string) => (row: PgRow): A => row[name] as A

/** What is read of runs; `self` is the process that asks. */
export const readsOf = (ask: Asker, self: number): Later<ReadsNow> => ({
  findRun: (id) => ask.one(decodeRun, "SELECT * FROM runs WHERE id = $1", id),
  getRun: (key) => ask.one(decodeRun, "SELECT * FROM runs WHERE key = $1", key),
  listRuns: async (filter) => {
    const { sql, values } = listing(filter)
    return (await ask.all(sql, ...values)).map(decodeRun)
  },
  countRuns: async (choice) => {
    const { sql, values } = counting(choice)
    return Object.fromEntries((await ask.all(sql, ...values)).map(({ count, phase }) => [phase, count]))
  },
  expired: async (now, limit) =>
    (await ask.all(
      `SELECT * FROM runs WHERE ${perishable} AND "deleteAt" <= $1 ORDER BY "deleteAt" LIMIT $2`,
      now,
      most(limit)
    )).map(decodeRun),
  nextExpiry: () =>
    ask.one(column<number>("deleteAt"), `SELECT "deleteAt" FROM runs WHERE ${perishable} ORDER BY "deleteAt" LIMIT 1`),
  nodes: (run) =>
    ask.all("SELECT * FROM nodes WHERE run = $1 ORDER BY path", run) as Promise<unknown> as Promise<
      ReadonlyArray<NodeRow>
    >,
  node: (run, path) =>
    ask.one((row) => row as unknown as NodeRow, "SELECT * FROM nodes WHERE run = $1 AND path = $2", run, path),
  nodesWithin: async (run, path) => {
    const sql = "SELECT * FROM nodes WHERE run = $1 AND path >= $2 AND path < $3 ORDER BY path"
    const rows = await ask.all(sql, run, path, `${path}\\`) as unknown as ReadonlyArray<NodeRow>
    return rows.filter((row) => row.path === path || isBeneath(row.path, path))
  },
  ...historyOf(ask),
  ...sharedOf(ask, self)
})

type History = "countLogs" | "events" | "eventsAt" | "eventsOf" | "lastSeq" | "logs" | "logsAfter"

const historyOf = (ask: Asker): Pick<Later<ReadsNow>, History> => ({
  events: (run, after, limit) => events(ask, run, "seq > $2 ORDER BY seq LIMIT $3", after, most(limit)),
  eventsAt: (run, seqs) => events(ask, run, "seq = ANY($2::int8[]) ORDER BY seq", seqs),
  eventsOf: (run, path, first, last) =>
    events(ask, run, "seq BETWEEN $2 AND $3 AND path = $4 ORDER BY seq", first, last, path),
  lastSeq: async (run) =>
    await ask.one(column<number>("seq"), "SELECT coalesce(max(seq), 0) AS seq FROM events WHERE run = $1", run) ?? 0,
  ...logsOf(ask)
})

/** The columns of a line beside its place. */
const ofLine = "run, path, attempt, at, level, text, data"

const lineOf = (row: PgRow): PlacedLine => bareLine(row as unknown as StoredLine<PlacedLine>)

const logsOf = (ask: Asker): Pick<Later<ReadsNow>, "countLogs" | "logs" | "logsAfter"> => ({
  logs: async (run, choice = {}, limit) => {
    const { sql, values } = lineTerms(run, choice)
    const which = `WHERE ${sql} ORDER BY id DESC LIMIT $${values.length + 1}`
    const rows = await ask.all(`SELECT ${ofLine} FROM logs ${which}`, ...values, most(limit))
    return rows.map(lineOf).reverse()
  },
  logsAfter: async (run, after, { limit, skip = 0, ...choice } = {}) => {
    const { sql, values } = lineTerms(run, choice)
    const next = values.length + 1
    const which = `WHERE ${sql} AND id > $${next} ORDER BY id LIMIT $${next + 1} OFFSET $${next + 2}`
    const rows = await ask.all(`SELECT id, ${ofLine} FROM logs ${which}`, ...values, after, most(limit), skip)
    return rows.map(lineOf)
  },
  countLogs: async (run, choice = {}) => {
    const { sql, values } = lineTerms(run, choice)
    return (await ask.one(column<number>("count"), `SELECT count(*) AS count FROM logs WHERE ${sql}`, ...values))!
  }
})

const events = async (
  ask: Asker,
  run: number,
  which: string,
  ...values: ReadonlyArray<unknown>
): Promise<ReadonlyArray<Recorded>> => {
  const rows = await ask.all(
    `SELECT seq, at, data, (SELECT id FROM runs WHERE key = $1) AS id FROM events WHERE run = $1 AND ${which}`,
    run,
    ...values
  )
  return rows.map(({ id, ...row }) => recorded(id as string ?? "", row as never))
}

type Shared =
  | "plan"
  | "definition"
  | "memo"
  | "memos"
  | "cell"
  | "cells"
  | "isAlive"
  | "inbox"
  | "command"
  | "permits"
  | "semaphores"

const listMemos = `SELECT cache, key, "createdAt", "runId", path, parts, millis, size, "usedAt", uses, ttl FROM memos
  WHERE $1::text IS NULL OR cache = $1 ORDER BY "createdAt" DESC, cache, key LIMIT $2`
const memosBeyond = `SELECT cache, key, "createdAt", "runId", path, parts, millis, size, "usedAt", uses, ttl FROM memos
  WHERE (cache, key) > ($3, $4) AND ($1::text IS NULL OR cache = $1) ORDER BY cache, key LIMIT $2`
const memoOfKey = `SELECT cache, key, value, "createdAt", "runId", path, parts, millis
  FROM memos WHERE cache = $1 AND key = $2`
const commandColumns = "c.id, c.run, c.verb, c.args, c.answer"

const sharedOf = (ask: Asker, self: number): Pick<Later<ReadsNow>, Shared> => ({
  plan: (digest) => ask.one(column<string>("json"), "SELECT json FROM plans WHERE digest = $1", digest),
  definition: (digest) => ask.one(column<string>("text"), "SELECT text FROM definitions WHERE digest = $1", digest),
  memo: (cache, key) => ask.one((row) => row as never, memoOfKey, cache, key),
  memos: ({ beyond, cache = null, limit = 1000 }) =>
    (beyond === undefined
      ? ask.all(listMemos, cache, most(limit))
      : ask.all(memosBeyond, cache, most(limit), ...beyond)) as never,
  cell: (space, key) =>
    ask.one((row) => row as never, "SELECT space, key, data FROM cells WHERE space = $1 AND key = $2", space, key),
  cells: async (space, { backwards, before, from = "", limit } = {}) =>
    await ask.all(
      `SELECT space, key, data FROM cells WHERE space = $1 AND key >= $2 AND ($3::text IS NULL OR key < $3)
       ORDER BY key ${backwards === true ? "DESC" : "ASC"} LIMIT $4`,
      space,
      from,
      before ?? null,
      most(limit)
    ) as never,
  isAlive: async (process) => (await ask.all("SELECT 1 FROM processes WHERE id = $1", process)).length > 0,
  inbox: async () =>
    await ask.all(
      `SELECT ${commandColumns} FROM commands c JOIN runs r ON r.key = c.run
       WHERE c.answer IS NULL AND r.owner = $1 ORDER BY c.id`,
      self
    ) as never,
  command: (id) => ask.one((row) => row as never, `SELECT ${commandColumns} FROM commands c WHERE c.id = $1`, id),
  permits: async (name) =>
    await ask.all(
      `SELECT p.run, p.path, p.priority, p.takes, p.arrival, p."askedAt", p."grantedAt", o.id AS owner FROM permits p
       LEFT JOIN runs r ON r.key = p.run LEFT JOIN processes o ON o.id = r.owner
       WHERE $1::text IS NULL OR p.arrival IN (SELECT arrival FROM takes WHERE name = $1)
       ORDER BY p."grantedAt" = 0, p."grantedAt", CASE WHEN p."grantedAt" = 0 THEN -p.priority ELSE 0 END, p.arrival`,
      name ?? null
    ) as unknown as ReadonlyArray<OwnedPermit>,
  semaphores: async () =>
    (await ask.all(
      `SELECT s.*, clock() AS now, (SELECT coalesce(sum(weight), 0)::int8 FROM takes t
       WHERE t.name = s.name AND t.held) AS held FROM semaphores s ORDER BY s.name`
    )).map(decodeSemaphore)
})

const decodeSemaphore = (row: PgRow): HeldSemaphore => {
  const { fullAt, held, limit, name, now, per, problem, source } = row as unknown as HeldSemaphore & {
    readonly fullAt: number
    readonly now: number
  }
  const isRate = per !== null && limit !== null
  return { name, limit, per, source, problem, held: isRate ? spent(fullAt, { limit, per }, now) : held }
}

/** What is read of artifacts. */
export const artifactReadsOf = (ask: Asker): Omit<Later<ArtifactReadsNow>, "collect"> => ({
  get: (artifact) => ask.one(decodeArtifact, "SELECT * FROM artifacts WHERE artifact = $1", artifact),
  list: async ({ after = "", limit = 1000, run, runId, states = ARTIFACT_STATES }: ArtifactQuery) =>
    (await ask.all(
      `SELECT * FROM artifacts WHERE artifact > $1 AND ($2::int8 IS NULL OR run = $2) AND ($3::text IS NULL OR "runId" = $3)
       AND state = ANY($4::text[]) ORDER BY artifact LIMIT $5`,
      after,
      run ?? null,
      runId ?? null,
      states,
      most(limit)
    )).map(decodeArtifact),
  collectable: async (now, stores, limit) =>
    (await ask.all(
      "SELECT * FROM collectable($1, $2) c ORDER BY c.artifact LIMIT $3",
      now,
      stores,
      most(limit)
    )).map(decodeArtifact),
  totals: async (now, stores) =>
    await ask.one(
      (row) => row as never,
      "SELECT count(*) AS count, coalesce(sum(size), 0)::int8 AS bytes FROM collectable($1, $2)",
      now,
      stores
    ) ?? { count: 0, bytes: 0 },
  places: async () =>
    (await ask.all("SELECT DISTINCT store FROM artifacts WHERE state IN ('due', 'deleting') ORDER BY store"))
      .map(column<string>("store")),
  nextDeletion: (stores) =>
    ask.one(
      column<number>("nextAt"),
      `SELECT "nextAt" FROM artifacts WHERE state = 'deleting' AND "nextAt" > 0 AND store = ANY($1::text[])
       ORDER BY "nextAt" LIMIT 1`,
      stores
    ),
  held: async () =>
    await ask.all(
      `SELECT m.artifact, m.cache, m.key, a.size, is_unread(a) AS "isFree"
       FROM memo_readers m JOIN artifacts a ON a.artifact = m.artifact`
    ) as never,
  named: async (store, keys) => {
    const rows = await ask.all(
      "SELECT * FROM artifacts WHERE store = $1 AND key = ANY($2::text[]) AND state <> 'deleted'",
      store,
      keys
    )
    return new Map(rows.map(decodeArtifact).map((row) => [row.key, row]))
  }
})
