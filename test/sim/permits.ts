/** The permits of simulations: semaphores whose limits change and cannot always be read, and what must hold of who holds what (N7). */
import * as Effect from "effect/Effect"
import type { JournalShape, OwnedPermit } from "../../src/journal/Journal.ts"
import { byTurn, grant } from "../../src/lock/grant.ts"
import { type LimitSource, mutex, type Semaphore, semaphore, storedLimit } from "../../src/workflow/Semaphore.ts"

/** The semaphore whose limit is set while it is in use, and the limit at which all can be served. */
export const changing = { name: "c", enough: 3 }

/** A source that cannot be read now and then; it always answers in the end. */
const unreliable = (random: () => number): LimitSource => ({
  _tag: "LimitSource",
  describe: "an unreliable source",
  read: () =>
    Effect.delay(
      Effect.suspend(() =>
        random() < 0.3 ? Effect.fail(Object.assign(new Error("busy"), { code: "EBUSY" })) : Effect.succeed(3)
      ),
      Math.floor(random() * 20)
    )
})

/** Taken by workflows as a whole, nested ones too: what is taken at two levels can wait in a circle, which a person has to break. */
export const whole: Semaphore = mutex("d")

/** No take asks for more than these can give once `changing` has enough. */
export const makeSemaphores = (random: () => number): ReadonlyArray<Semaphore> => [
  semaphore("a", { limit: 2 }),
  semaphore("b", { limit: unreliable(random) }),
  semaphore(changing.name, { limit: storedLimit(2) })
]

/** Looks at the permits after every commit. */
export class PermitWatch {
  #held: ReadonlySet<number> = new Set()

  /** What is wrong with the permits as they stand: nobody new holds more than there is, and nobody waits who could be served. */
  look(journal: JournalShape): ReadonlyArray<string> {
    const semaphores = new Map(journal.semaphores().map((row) => [row.name, row]))
    const rows = journal.permits()
    const holders = rows.filter(({ grantedAt }) => grantedAt !== 0)
    const wrong: Array<string> = []
    for (const { held, limit, name } of semaphores.values()) {
      const fresh = holders.find((row) => !this.#held.has(row.arrival) && row.takes.some((take) => take.name === name))
      // Nobody is evicted when a limit is lowered or lost, but nobody is let in either.
      if (held > (limit ?? 0) && fresh !== undefined) {
        wrong.push(`N7 ${fresh.path} was granted ${name}, of which ${held} are held: the limit is ${limit}`)
      }
    }
    this.#held = new Set(holders.map(({ arrival }) => arrival))
    return [...wrong, ...idle(semaphores, rows), ...homeless(holders)]
  }
}

const idle = (
  semaphores: ReadonlyMap<string, { readonly limit: number | null; readonly held: number }>,
  rows: ReadonlyArray<OwnedPermit>
): ReadonlyArray<string> => {
  const waiting = rows.filter(({ grantedAt, owner }) => grantedAt === 0 && owner !== null)
  return grant(semaphores, [...waiting].sort(byTurn)).map(({ path }) => `N7 ${path} waits although it could be served`)
}

const homeless = (holders: ReadonlyArray<OwnedPermit>): ReadonlyArray<string> =>
  holders.filter(({ owner }) => owner === null).map(({ path }) => `N7 ${path} holds although nobody executes its run`)

/** A run that waits, in a circle, for what another run holds that waits for what it holds itself; `undefined` when there is no circle. */
export const inCircle = (rows: ReadonlyArray<OwnedPermit>): number | undefined => {
  const holders = (name: string, run: number): ReadonlyArray<number> =>
    rows.filter((it) => it.grantedAt !== 0 && it.run !== run && it.takes.some((take) => take.name === name)).map((it) =>
      it.run
    )
  const waiting = rows.filter(({ grantedAt }) => grantedAt === 0)
  const waitsFor = (run: number): ReadonlyArray<number> =>
    waiting.filter((it) => it.run === run).flatMap(({ takes }) => takes.flatMap(({ name }) => holders(name, run)))
  const reaches = (from: number, to: number, seen: ReadonlySet<number>): boolean =>
    waitsFor(from).some((next) => next === to || !seen.has(next) && reaches(next, to, new Set([...seen, next])))
  return waiting.map(({ run }) => run).find((run) => reaches(run, run, new Set([run])))
}
