/**
 * The cells of a state file.
 *
 * Owns: the statements for them. Does not own: transactions; appends are checked and written one after the other.
 */
import type { Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { staleError } from "../journal/refusals.ts"
import type { Database, Statement } from "./Database.ts"

/** Prepared statements for cells. */
export class Cells {
  readonly #read: Statement
  readonly #write: Statement
  readonly #remove: Statement

  constructor(db: Database) {
    this.#read = db.prepare("SELECT data FROM cells WHERE space = ? AND key = ?")
    this.#write = db.prepare("INSERT OR REPLACE INTO cells (space, key, data) VALUES (?, ?, ?)")
    this.#remove = db.prepare("DELETE FROM cells WHERE space = ? AND key = ?")
  }

  /** Why an append is refused: a cell does not hold what its writer knows. */
  refuses(writes: ReadonlyArray<Write>): JournalError | undefined {
    let next: Map<string, string | null> | undefined
    for (const write of writes) {
      if (write.kind !== "cell") continue
      const { data, key, space, was } = write
      const place = JSON.stringify([space, key])
      const held = next?.has(place) === true ? next.get(place)! : this.#held(space, key)
      if (held !== was) return staleError(space, key)
      next = (next ?? new Map()).set(place, data)
    }
    return undefined
  }

  /** Writes one that was checked. */
  write({ data, key, space }: Extract<Write, { readonly kind: "cell" }>): void {
    if (data === null) this.#remove.run(space, key)
    else this.#write.run(space, key, data)
  }

  #held(space: string, key: string): string | null {
    return (this.#read.get(space, key) as { readonly data: string } | undefined)?.data ?? null
  }
}
