/** Opens databases: migrates the schema, recognises poolers, registers this process. */
import type { JournalShape } from "../journal/Journal.ts"
import { JournalError } from "../journal/JournalError.ts"
import { Turn } from "../journal/Turn.ts"
import { connecting, type PgAddress } from "./driver.ts"
import { Lease } from "./Lease.ts"
import { Link } from "./Link.ts"
import { migrate, quoted } from "./migrate.ts"
import { openError } from "./pgError.ts"
import { PgJournal } from "./PgJournal.ts"
import type { Connect, PgSession } from "./PgSession.ts"
import { Ring } from "./Ring.ts"

/** How to open a database. */
export interface PostgresOptions extends PgAddress {
  /** The schema that holds everything; default `"pinnace"`. Engines in different schemas do not see each other. */
  readonly schema?: string | undefined
  /** The address of the server itself, where `url` leads through a pooler that shares sessions; default `url`. */
  readonly session?: string | undefined
  /** Milliseconds of silence after which the server takes this process for dead; default 30,000. */
  readonly lease?: number | undefined
  /** Milliseconds that a process whose session has ended has to come back; default 1,000. */
  readonly grace?: number | undefined
  /** Whether the schema is brought to this program's version; default true. */
  readonly migrate?: boolean | undefined
  /** When queued writes are committed and notices told; default `Turn`. */
  readonly turn?: ((run: () => void) => void) | undefined
}

/** Opens a database as one more process. Fails with `JournalError`. */
export const openPostgres = async (options: PostgresOptions): Promise<JournalShape> => {
  try {
    return await opened(options)
  } catch (error) {
    throw openError(error)
  }
}

const opened = async (options: PostgresOptions): Promise<JournalShape> => {
  const { grace = 1_000, lease = 30_000, schema = "pinnace", turn = Turn.defaultValue() } = options
  const plain = connecting(options)
  const direct = options.session === undefined ? plain : connecting({ ...options, url: options.session })
  const connect = inSchema(direct, schema)
  const identity = await prepared(direct, schema, options.migrate ?? true)
  let journal: PgJournal | undefined = undefined
  const lost = (error: JournalError): void => journal?.lost(error)
  const held = await Lease.take({
    connect,
    lease,
    told: (payload) => journal?.told(payload),
    back: () => journal?.back(),
    acknowledged: () => journal?.acknowledged ?? 0,
    lost
  })
  const ring = new Ring({ connect, self: held.self, grace, lost })
  const [writer, reader] = [new Link(connect, lease / 2), new Link(connect, lease / 2)]
  journal = new PgJournal({ lease: held, ring, writer, reader, identity, patience: lease, turn })
  return journal.shape()
}

/** Sessions in which the names of tables and functions mean those of the schema. */
const inSchema = (connect: Connect, schema: string): Connect => async () => {
  const session = await connect()
  try {
    await session.query(`SET search_path TO ${quoted(schema)}`)
    return session
  } catch (error) {
    await session.close().catch(() => {})
    throw error
  }
}

/** Brings the schema up to date, and answers what the database is known by. */
const prepared = async (connect: Connect, schema: string, mayChange: boolean): Promise<string> => {
  const session = await connect()
  try {
    await refusePooler(session, connect)
    await migrate(session, schema, mayChange)
    const [row] = await session.query(`SELECT identity FROM ${quoted(schema)}.meta`)
    return row!["identity"] as string
  } finally {
    await session.close().catch(() => {})
  }
}

const backendOf = async (session: PgSession): Promise<unknown> => {
  const [row] = await session.query("SELECT pg_backend_pid() AS pid")
  return row!["pid"]
}

/**
 * A pooler that gives a session to somebody else after each transaction cannot be told by what works: locks and
 * notifications seem to, as long as nobody else is there. So two sessions are asked in turn who answers them.
 */
export const refusePooler = async (session: PgSession, connect: Connect): Promise<void> => {
  const own = await backendOf(session)
  if (own === session.backend) return
  const other = await connect()
  try {
    for (let round = 0; round < 3; round++) {
      if (await backendOf(other) === own || await backendOf(session) !== own) throw poolerError()
    }
  } finally {
    await other.close().catch(() => {})
  }
}

const poolerError = (): JournalError =>
  new JournalError({
    reason: "UnsupportedRuntime",
    message: "Cannot use this address: it leads to a pooler that shares sessions by transaction, so that locks and " +
      "notifications would belong to nobody. Use the address of the server itself (beside this one: postgres: " +
      '{ session: "postgres://…" }), or let the pooler share by session (PgBouncer: pool_mode = session).'
  })
