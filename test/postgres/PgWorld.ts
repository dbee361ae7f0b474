/** A schema of the shared server, opened by any number of journals; the next world finds it empty. */
import * as Effect from "effect/Effect"
import { connecting } from "../../src/postgres/driver.ts"
import { migrate } from "../../src/postgres/migrate.ts"
import { openPostgres } from "../../src/postgres/openPostgres.ts"
import type { JournalShape } from "../../src/journal/Journal.ts"
import type { PgSession } from "../../src/postgres/PgSession.ts"
import { type Asked, promisesOf } from "../journal/answers.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { sharedServer } from "./server.ts"

let session: Promise<PgSession> | undefined = undefined

/** A session that stands outside of the journals, in their schema. */
export const outside = (): Promise<PgSession> =>
  session ??= (async () => {
    const made = await connecting({ url: sharedServer().url })()
    await made.query("SET search_path TO pinnace")
    return made
  })()

const empty = `DO $$
  DECLARE t text;
  BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'pinnace' AND tablename <> 'meta' LOOP
      EXECUTE 'DELETE FROM ' || quote_ident(t);
    END LOOP;
  END $$`

/** Deletes every row. */
export const emptied = async (): Promise<void> => void await (await outside()).query(empty)

/** The same session, with a schema that is there. */
export const migrated = async (): Promise<PgSession> => {
  await migrate(await outside(), "pinnace", true)
  return await outside()
}

/**
 * Makes a world. A lease that outlasts any standstill of the machine; sessions that end are missed after the grace, so
 * a world whose living processes are cut gives them more.
 */
export const makeWorld = ({ grace = 100 }: { readonly grace?: number } = {}): JournalWorld => {
  const open = new Set<JournalShape>()
  return {
    open: async (): Promise<Asked> => {
      const journal = promisesOf(await openPostgres({ url: sharedServer().url, grace, lease: 600_000 }))
      open.add(journal)
      return journal
    },
    fence: async ({ process }) => void await (await outside()).query("DELETE FROM processes WHERE id = $1", [process]),
    tick: async () => {
      for (const { drained } of open) await Effect.runPromiseExit(drained)
      await (await outside()).query("SELECT 1")
      await new Promise((resume) => setImmediate(resume))
    },
    dispose: async () => {
      for (const journal of open) await Effect.runPromise(journal.closed)
      if (open.size > 0) await emptied()
    }
  }
}
