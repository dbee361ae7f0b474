/** What is read of the database from outside. */
import { connecting } from "../../../src/postgres/driver.ts"
import { isLost, isPassing } from "../../../src/postgres/pgError.ts"
import type { PgSession } from "../../../src/postgres/PgSession.ts"

/** A session in the schema. */
export type Session = Pick<PgSession, "query">

/** An event as it is stored. */
export interface Row {
  readonly run: number
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly path: string | null
  readonly owner: number | null
}

/** A session with a server that may have been started just now, on a machine that may be busy. */
export const reached = async (url: string): Promise<PgSession> => {
  for (;;) {
    try {
      return await connecting({ url })()
    } catch (error) {
      if (!isLost(error) && !isPassing(error)) throw error
      await new Promise((resume) => setTimeout(resume, 100))
    }
  }
}

/** All events in order, and how many runs succeeded. */
export const readOutcomes = async (
  session: Session
): Promise<{ readonly ended: number; readonly events: ReadonlyArray<Row> }> => {
  const [row] = await session.query("SELECT count(*)::int AS many FROM runs WHERE phase = 'Succeeded'")
  const events = await session.query(
    `SELECT run, seq, at, type, path, CASE WHEN type = 'RunStarted' THEN (data::json ->> 'owner')::int END AS owner
      FROM events ORDER BY run, seq`
  )
  return { ended: row!["many"] as number, events: events as unknown as ReadonlyArray<Row> }
}

/** Looks until a question answers `true` in its first row. */
export const until = async (session: Session, question: string, values: ReadonlyArray<unknown> = []): Promise<void> => {
  for (;;) {
    const [row] = await session.query(question, values).catch(() => [{ is: false }])
    if (row?.["is"] === true) return
    await new Promise((resume) => setTimeout(resume, 20))
  }
}
