/** What must hold of permits after every commit (N7): no limit is exceeded, and nobody waits who could be served. */
import * as Effect from "effect/Effect"
import type { HeldSemaphore, JournalShape, OwnedPermit } from "../../journal/Journal.ts"
import { byTurn, grant } from "../../lock/grant.ts"
import { limitIn } from "../../workflow/shortLived.ts"

/** Permits as they stand. */
export interface PermitScene {
  /** Semaphores by name, those of keys among them. */
  readonly semaphores: ReadonlyMap<string, HeldSemaphore>
  readonly rows: ReadonlyArray<OwnedPermit>
}

/** Looks at the permits after every commit. */
export class PermitWatch {
  #held: ReadonlySet<number> = new Set()

  /** What is wrong with the permits as they stand. */
  look(journal: JournalShape): ReadonlyArray<string> {
    return this.judge(sceneOf(journal))
  }

  /** The same, of a scene. */
  protected judge({ rows, semaphores }: PermitScene): ReadonlyArray<string> {
    const holders = rows.filter(({ grantedAt }) => grantedAt !== 0)
    const counted = [...semaphores.values()].filter(({ per }) => per === null)
    const wrong = counted.flatMap((row) => this.#aboveLimit(row, holders))
    this.#held = new Set(holders.map(({ arrival }) => arrival))
    // Whoever waits for a rate may keep others waiting.
    const used = new Map(
      [...semaphores].map(([name, row]) => [name, row.per === null ? row : { ...row, held: row.limit ?? 0 }])
    )
    return [...wrong, ...idle(used, rows), ...homeless(holders)]
  }

  /** Nobody is evicted when a limit is lowered or lost, but nobody is let in either. */
  #aboveLimit({ held, limit, name }: HeldSemaphore, holders: ReadonlyArray<OwnedPermit>): ReadonlyArray<string> {
    const fresh = holders.find((row) => !this.#held.has(row.arrival) && row.takes.some((take) => take.name === name))
    if (held <= (limit ?? 0) || fresh === undefined) return []
    return [`N7 ${fresh.path} was granted ${name}, of which ${held} are held: the limit is ${limit}`]
  }
}

/** Permits as a journal that answers at once tells them. */
export const sceneOf = ({ reads }: JournalShape): PermitScene => {
  const rows = Effect.runSync(reads.permits())
  const known = [...Effect.runSync(reads.semaphores()), ...shortLivedIn(rows)]
  return { rows, semaphores: new Map(known.map((row) => [row.name, row])) }
}

/** Names whose limit is part of them, with what is held of each. */
const shortLivedIn = (permits: ReadonlyArray<OwnedPermit>): ReadonlyArray<HeldSemaphore> =>
  [...new Set(permits.flatMap(({ takes }) => takes.map(({ name }) => name)))].flatMap((name) => {
    const limit = limitIn(name)
    const held = permits.filter(({ grantedAt }) => grantedAt > 0).flatMap(({ takes }) => takes)
      .reduce((sum, take) => take.name === name ? sum + take.weight : sum, 0)
    return limit === null ? [] : [{ name, limit, per: null, source: "", problem: null, held }]
  })

const idle = (
  semaphores: ReadonlyMap<string, { readonly limit: number | null; readonly held: number }>,
  rows: ReadonlyArray<OwnedPermit>
): ReadonlyArray<string> => {
  const waiting = rows.filter(({ grantedAt, owner }) => grantedAt === 0 && owner !== null)
  return grant(semaphores, [...waiting].sort(byTurn)).map(({ path }) => `N7 ${path} waits although it could be served`)
}

const homeless = (holders: ReadonlyArray<OwnedPermit>): ReadonlyArray<string> =>
  holders.filter(({ owner }) => owner === null).map(({ path }) => `N7 ${path} holds although nobody executes its run`)
