/**
 * The cells of an in-memory journal.
 *
 * Owns: these rows. Invariant: a cell is replaced only by whoever knows what it holds, also within one group.
 */
import type { Cell, CellQuery, Write } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"
import { staleError } from "./refusals.ts"
import { savedMaps } from "./savedMaps.ts"

type CellWrite = Extract<Write, { readonly kind: "cell" }>

/** Why the writes of an append are refused, given those before it that were not. */
export type CellCheck = (writes: ReadonlyArray<Write>) => JournalError | undefined

/** All cells of a disk. */
export class Cells {
  readonly #rows = new Map<string, Cell>()

  /** Remembers all; the answer puts it back. */
  saved(): () => void {
    return savedMaps(this.#rows)
  }

  /** One cell. */
  get(space: string, key: string): Cell | undefined {
    return this.#rows.get(placeOf({ space, key }))
  }

  /** Cells of a space, by their keys. */
  list(space: string, { backwards = false, before, from = "", limit = Infinity }: CellQuery = {}): ReadonlyArray<Cell> {
    const found = [...this.#rows.values()]
      .filter((row) => row.space === space && row.key >= from && (before === undefined || row.key < before))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    return (backwards ? found.reverse() : found).slice(0, limit)
  }

  /** A check for the appends of one group, asked in their order. */
  checker(): CellCheck {
    const changed = new Map<string, string | null>()
    return (writes) => {
      const next = new Map<string, string | null>()
      for (const write of writes) {
        if (write.kind !== "cell") continue
        const place = placeOf(write)
        const held = next.get(place) ?? (next.has(place) ? null : this.#held(place, changed))
        if (held !== write.was) return staleError(write.space, write.key)
        next.set(place, write.data)
      }
      for (const [place, data] of next) changed.set(place, data)
      return undefined
    }
  }

  /** Applies a write that was checked. */
  write({ data, key, space }: CellWrite): void {
    if (data === null) this.#rows.delete(placeOf({ space, key }))
    else this.#rows.set(placeOf({ space, key }), { space, key, data })
  }

  #held(place: string, changed: ReadonlyMap<string, string | null>): string | null {
    return changed.has(place) ? changed.get(place)! : this.#rows.get(place)?.data ?? null
  }
}

const placeOf = ({ key, space }: Pick<Cell, "key" | "space">): string => JSON.stringify([space, key])
