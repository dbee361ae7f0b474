/** Databases that are copied, or copied to. */
import { JournalError } from "../journal/JournalError.ts"
import { withoutPassword } from "../postgres/address.ts"
import { connecting } from "../postgres/driver.ts"
import { migrate, quoted } from "../postgres/migrate.ts"
import { openError } from "../postgres/pgError.ts"
import type { PgSession } from "../postgres/PgSession.ts"
import { sendable, sendableValue } from "../postgres/text.ts"
import type { Source, Target } from "./Side.ts"
import { columnsOf, keyOf, type Table, tables } from "./tables.ts"

/** The schema that is copied. */
const schema = "pinnace"

/** Opens a database that is to be copied. Fails with `JournalError`. */
export const databaseSource = (url: string): Promise<Source> =>
  opened(url, async (session) => {
    await migrate(session, schema, false)
    // Everything is read from one state of the database.
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    await session.query(`SET LOCAL search_path TO ${quoted(schema)}`)
    return {
      executed: async () =>
        (await session.query(
          `SELECT id FROM runs WHERE phase IN ('Pending', 'Running') AND owner IN (SELECT id FROM processes)
            AND owner NOT IN (SELECT absent())`
        )).map(({ id }) => id as string),
      read: reading(session),
      latestProcess: async () => (await session.query("SELECT last_value AS id FROM process_ids"))[0]!["id"] as number,
      close: () => session.close()
    }
  })

/** Opens a database for a copy. Fails with `JournalError`, also where anything is in it or somebody has it open. */
export const databaseTarget = (url: string): Promise<Target> =>
  opened(url, async (session) => {
    await migrate(session, schema, true)
    await session.query("BEGIN")
    // Nobody gets a number before those of the copy are taken.
    await session.query(`SET LOCAL search_path TO ${quoted(schema)}; LOCK TABLE processes IN EXCLUSIVE MODE`)
    await refuseFilled(session, url)
    return {
      write: (table, rows) => writeRows(session, table, rows),
      read: reading(session),
      reserve: async (process) =>
        void await session.query("SELECT setval('process_ids', greatest($1::int, last_value)) FROM process_ids", [
          process
        ]),
      suspend: (at) => suspend(session, at),
      keep: async () => {
        for (const table of ["logs", "commands"]) {
          await session.query(
            `SELECT setval(pg_get_serial_sequence('${table}', 'id'), coalesce(max(id), 0) + 1, false) FROM ${table}`
          )
        }
        await session.query("COMMIT")
      },
      close: () => session.close()
    }
  })

const opened = async <A>(url: string, prepare: (session: PgSession) => Promise<A>): Promise<A> => {
  let session: PgSession | undefined = undefined
  try {
    session = await connecting({ url })()
    return await prepare(session)
  } catch (error) {
    await session?.close().catch(() => {})
    throw openError(error)
  }
}

const refuseFilled = async (session: PgSession, url: string): Promise<void> => {
  await session.query("DELETE FROM processes WHERE id IN (SELECT absent())")
  const others = await session.query("SELECT id, host FROM processes ORDER BY id")
  if (others.length > 0) {
    const who = others.map(({ host, id }) => `${id}@${host}`).join(", ")
    throw refusal(url, `processes have it open (${who}). Stop them`)
  }
  for (const { name } of tables) {
    if ((await session.query(`SELECT 1 FROM ${name} LIMIT 1`)).length > 0) {
      throw refusal(
        url,
        `table ${name} has rows. Name an empty database, or drop its schema`
      )
    }
  }
}

const refusal = (url: string, why: string): JournalError =>
  new JournalError({ reason: "Exists", message: `Cannot copy to ${withoutPassword(url)}: ${why}, then copy again.` })

const reading = (session: PgSession): Source["read"] => async (table, after, limit) => {
  const keys = keyOf(table)
  // As a file orders them: text by its bytes.
  const order = keys.map((it) => isNumber(table, it) ? `"${it}"` : `"${it}" COLLATE "C"`)
  const from = after === undefined
    ? "true"
    : `(${order.join(", ")}) > (${keys.map((_, at) => `$${at + 2}`).join(", ")})`
  const values = after === undefined ? [] : keys.map((it) => sendableValue(after[it]))
  const whole = table.of === undefined ? "" : `AND "${table.of}" IN (SELECT key FROM runs)`
  return session.query(
    `SELECT ${columnsOf(table)} FROM ${table.name} WHERE ${from} ${whole} ORDER BY ${order.join(", ")} LIMIT $1`,
    [limit, ...values]
  )
}

/** Columns of primary keys that are numbers. */
const numbers = new Set(["run", "seq", "id"])

const isNumber = ({ columns, name }: Table, column: string): boolean =>
  numbers.has(column) || name === "runs" && column === columns[0]

const writeRows = async (session: PgSession, table: Table, rows: Parameters<Target["write"]>[1]): Promise<void> => {
  const columns = columnsOf(table)
  // Commands are known by who sent them; these were sent elsewhere.
  const [also, value] = table.name === "commands" ? [", token", ", 'copied.' || id"] : ["", ""]
  await session.query(
    `INSERT INTO ${table.name} (${columns}${also}) OVERRIDING SYSTEM VALUE
      SELECT ${columns}${value} FROM json_populate_recordset(null::${table.name}, $1::json)`,
    [sendable(JSON.stringify(rows))]
  )
}

const waiting = "phase IN ('Pending', 'Running') AND NOT suspended"

const suspend = async (session: PgSession, at: number): Promise<number> => {
  await session.query(
    `INSERT INTO events SELECT r.key, coalesce(max(e.seq), 0) + 1, greatest(max(e.at), $1), 'RunSuspended', NULL,
      '{"type":"RunSuspended"}' FROM runs r LEFT JOIN events e ON e.run = r.key WHERE ${waiting} GROUP BY r.key`,
    [at]
  )
  return (await session.query(`UPDATE runs SET suspended = true WHERE ${waiting} RETURNING key`)).length
}
