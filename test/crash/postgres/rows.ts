/** What is read of the database from outside. */
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
