/** Looks at a database, and migrates it, without becoming one of its processes. */
import type { JournalError } from "../journal/JournalError.ts"
import { connecting, type PgAddress } from "./driver.ts"
import { migrate, quoted, schemaVersion, versionOf } from "./migrate.ts"
import { openError } from "./pgError.ts"
import type { PgSession } from "./PgSession.ts"

export { script } from "./migrate.ts"

/** What is to be known of a database. */
export interface DatabaseFacts {
  /** As the server tells it. */
  readonly version: string
  /** Bytes. */
  readonly size: number
  readonly schema: number
  /** The version of the schema that this program knows. */
  readonly schemaKnown: number
  /** `number@host` of those that have it open. */
  readonly processes: ReadonlyArray<string>
}

/** Where to look. */
export interface DatabasePlace extends PgAddress {
  /** Default `"pinnace"`. */
  readonly schema?: string
}

/** Looks at a database. Fails with `JournalError`. */
export const inspect = (place: DatabasePlace): Promise<DatabaseFacts> =>
  using(place, async (session) => {
    const { schema = "pinnace" } = place
    const [row] = await session.query(
      "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size"
    )
    const version = await versionOf(session, schema)
    const processes = version === 0
      ? []
      : await session.query(`SELECT id, host FROM ${quoted(schema)}.processes ORDER BY id`)
    return {
      version: row!["version"] as string,
      size: row!["size"] as number,
      schema: version,
      schemaKnown: schemaVersion,
      processes: processes.map(({ host, id }) => `${id}@${host}`)
    }
  })

/**
 * Brings a database to the version of this program; answers from which to which, 0 for none. Fails with `JournalError`.
 */
export const migrated = (place: DatabasePlace): Promise<{ readonly from: number; readonly to: number }> =>
  using(place, async (session) => {
    return { from: await migrate(session, place.schema ?? "pinnace", true), to: schemaVersion }
  })

const using = async <A>(place: PgAddress, look: (session: PgSession) => Promise<A>): Promise<A> => {
  let session: PgSession | undefined = undefined
  try {
    session = await connecting(place)()
    return await look(session)
  } catch (error) {
    throw openError(error) satisfies JournalError
  } finally {
    await session?.close().catch(() => {})
  }
}
