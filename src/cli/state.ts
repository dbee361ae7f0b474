/** Opens the state file for a verb, and closes it afterwards. */
import { existsSync } from "node:fs"
import { open } from "../embed/open.ts"
import type { Pinnace } from "../embed/Pinnace.ts"
import type { Shell } from "./Shell.ts"
import { NotThere } from "./Usage.ts"

/** Does something with the state file, which must exist; no interrupted run goes on because of it. */
export const withState = async <A>(shell: Shell, body: (pinnace: Pinnace) => Promise<A> | A): Promise<A> => {
  refuseMissing(shell)
  const pinnace = await open(shell.db)
  try {
    return await body(pinnace)
  } finally {
    await pinnace.close()
  }
}

/** Throws NotThere when the state file does not exist. */
export const refuseMissing = ({ db, program }: Shell): void => {
  if (db !== ":memory:" && existsSync(db)) return
  throw new NotThere(
    `there is no state file ${db} here. Name one with --db FILE or $PINNACE_DB, or make it with: ${program} run FILE --db ${db}`
  )
}
