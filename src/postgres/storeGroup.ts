/** Stores a group of appends as one change. Those of them that the server refuses are answered, the rest is stored. */
import type { Append } from "../journal/Append.ts"
import { existsError, staleError } from "../journal/refusals.ts"
import type { Changed } from "./Changes.ts"
import { groupValues } from "./groupText.ts"
import { isTakenId, refusedAppend, storageError } from "./pgError.ts"

/** Answers what the server says; `undefined` where nothing was left to store. Fails with `JournalError`. */
export const storeGroup = async (
  group: ReadonlyArray<Append>,
  store: (values: ReadonlyArray<unknown>) => Promise<Changed>
): Promise<Changed | undefined> => {
  for (;;) {
    const values = groupValues(group)
    if (group.every(({ error }) => error !== undefined)) return undefined
    try {
      return await store(values)
    } catch (error) {
      // Somebody else creates a run of the same id at the same time: now it is there.
      if (!isTakenId(error) && !refuses(error, group)) throw storageError(error)
    }
  }
}

/** Fails the append that the server names as the one it refuses; answers whether it named one. */
const refuses = (error: unknown, group: ReadonlyArray<Append>): boolean => {
  const at = refusedAppend(error)
  const append = at === undefined ? undefined : group[at]
  if (append === undefined) return false
  const made = append.writes.find((write) => write.kind === "create")
  const cell = append.writes.find((write) => write.kind === "cell")
  const isStale = (error as { readonly code?: string }).code === "PN002"
  if (isStale && cell?.kind === "cell") append.error = staleError(cell.space, cell.key)
  else append.error = existsError(made?.kind === "create" ? made.row.id : "")
  return true
}
