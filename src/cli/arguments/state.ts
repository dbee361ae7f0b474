/** Opens the state file for a verb, and closes it afterwards. */
import { existsSync } from "node:fs"
import { open } from "../../embed/open.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { JournalError } from "../../journal/JournalError.ts"
import { isPostgres } from "../../postgres/address.ts"
import { isWritable } from "../../sqlite/view/FileView.ts"
import type { Shell } from "../Shell.ts"
import { NotThere } from "../Usage.ts"

/** Does something with the state file, which must exist; no interrupted run goes on because of it. */
export const withState = async <A>(shell: Shell, body: (pinnace: Pinnace) => Promise<A> | A): Promise<A> => {
  refuseMissing(shell)
  return await using(await open(shell.db, { ...existing, actor: shell.actor }), body)
}

/** The same for what can be said without a state file as well: where there is none, there is nothing in it. */
export const withStateIfAny = async <A>(shell: Shell, body: (pinnace: Pinnace) => Promise<A> | A): Promise<A> =>
  isThere(shell.db) ? await withState(shell, body) : await using(await open(":memory:"), body)

/** What is not there is not made, and a database that apps use is not migrated by the way. */
const existing = { postgres: { migrate: false } }

/** Looks at the state file, which must exist and may be one that this user cannot write. */
export const withView = async <A>(
  shell: Pick<Shell, "db" | "program">,
  body: (pinnace: Pinnace) => Promise<A> | A
): Promise<A> => {
  refuseMissing(shell)
  return await using(await openToRead(shell.db), body)
}

const using = async <A>(pinnace: Pinnace, body: (pinnace: Pinnace) => Promise<A> | A): Promise<A> => {
  try {
    return await body(pinnace)
  } finally {
    await pinnace.close()
  }
}

const openToRead = async (db: string): Promise<Pinnace> => {
  if (!isPostgres(db) && !isWritable(db)) return open(db, { readOnly: true })
  try {
    // Nothing that it writes is to last: that it is there, and that it has gone.
    // An app of an earlier version may be at work on it: whoever only looks changes nothing.
    return await open(db, isPostgres(db) ? existing : { ...existing, durability: "process", migrate: false })
  } catch (error) {
    if (!isUnwritable(error) && !isOlder(error)) throw error
    return open(db, { readOnly: true })
  }
}

/** Whether an error says that this user may not write the state file. */
export const isUnwritable = (error: unknown): boolean => error instanceof JournalError && error.reason === "Unwritable"

const isOlder = (error: unknown): boolean => error instanceof JournalError && error.reason === "OlderSchema"

/** Throws NotThere when the state file does not exist. */
export const refuseMissing = ({ db, program }: Pick<Shell, "db" | "program">): void => {
  if (isThere(db)) return
  throw new NotThere(
    `there is no state file ${db} here. Name one with --db FILE or $PINNACE_DB, or make it with: ${program} run FILE --db ${db}`
  )
}

const isThere = (db: string): boolean => isPostgres(db) || db !== ":memory:" && existsSync(db)
