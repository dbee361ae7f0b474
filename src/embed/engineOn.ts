/** The engine on a journal that was opened, which is closed where none can be made. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import type { JournalShape } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { isPostgres } from "../postgres/address.ts"
import { codeOnce } from "./cacheHost.ts"
import { fileOf } from "./journalAt.ts"
import { makeEngine } from "./makeEngine.ts"
import type { OpenOptions } from "./openOptions.ts"
import { sourceShelf } from "./sourceShelf.ts"

/** Makes it. */
export const engineOn = (
  journal: JournalShape,
  path: string,
  options: Omit<OpenOptions, "layer">,
  services: Context.Context<never>
): Effect.Effect<Engine, JournalError> => {
  const { durability, group, readOnly = false } = options
  const made = Effect.try({
    try: () =>
      makeEngine(journal, services, options, {
        file: fileOf(path),
        isShared: isPostgres(path),
        durability,
        group,
        readOnly
      }, { code: codeOnce(() => sourceShelf(journal)) }),
    catch: (error) => error as JournalError
  })
  return Effect.tapError(made, () => journal.closed)
}
