/** Which storage is behind what `open` is given. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { incarnations } from "../journal/Incarnations.ts"
import type { JournalShape } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { Turn } from "../journal/Turn.ts"
import { isPostgres } from "../postgres/address.ts"
import { openSqlite, type SqliteOptions } from "../sqlite/openSqlite.ts"
import type { OpenOptions } from "./openOptions.ts"

/** Opens what an engine stands on: a file, or the database at an address. */
export const journalAt = (
  path: string,
  { backup, durability, group, migrate, onUpgrade, postgres, readOnly = false }: Omit<OpenOptions, "layer">,
  services: Context.Context<never>
): Effect.Effect<JournalShape, JournalError> => {
  const turn = Context.get(services, Turn)
  if (isPostgres(path)) {
    const opened = Effect.tryPromise({
      try: async () => (await import("../postgres/openPostgres.ts")).openPostgres({ ...postgres, url: path, turn }),
      catch: (error) => error as JournalError
    })
    return Effect.map(opened, (journal) => incarnations(journal, opened))
  }
  const more = defined({ backup, durability, group, migrate, onUpgrade })
  return Effect.try({
    try: () => openSqlite(path, { turn, readOnly, ...more }),
    catch: (error) => error as JournalError
  })
}

/** The options that were given. */
const defined = (options: { readonly [Name in keyof SqliteOptions]?: SqliteOptions[Name] | undefined }) =>
  Object.fromEntries(Object.entries(options).filter(([, it]) => it !== undefined)) as SqliteOptions

/** The state file, where there is one. */
export const fileOf = (path: string): string | undefined => path === ":memory:" || isPostgres(path) ? undefined : path
