/**
 * The permits of simulations: semaphores whose limits change and
 * cannot always be read, and what must hold of who holds what (N7).
 */
import * as Effect from "effect/Effect"
import type { HeldSemaphore, JournalShape, OwnedPermit } from "../../src/journal/Journal.ts"
import { byTurn, isServable } from "../../src/lock/grant.ts"
import { PermitWatch, sceneOf } from "../../src/testing/simulation/PermitWatch.ts"
import type { Take } from "../../src/lock/Permit.ts"
import { keyedSemaphore } from "../../src/workflow/KeyedSemaphore.ts"
import {
  type LimitSource,
  mutex,
  rateLimit,
  type Semaphore,
  semaphore,
  storedLimit
} from "../../src/workflow/Semaphore.ts"

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

/**
 * Taken by workflows as a whole, nested ones too: what is taken at
 * two levels can wait in a circle, which a person has to break.
 */
export const whole: Semaphore = mutex("d")

/** Each key has two, and both keys together have what one node may take of both. */
const perKey = keyedSemaphore("k", { each: 2, total: 4 })

/** No take asks for more than these can give once `changing` has enough. */
export const makeSemaphores = (random: () => number): ReadonlyArray<Pick<Semaphore, "take">> => [
  ...["x", "y"].map((key) => ({ take: (weight?: number) => perKey.take(weight ?? 1, key) })),
  semaphore("a", { limit: 2 }),
  semaphore("b", { limit: unreliable(random) }),
  semaphore(changing.name, { limit: storedLimit(2) }),
  rateLimit(rate.name, { limit: rate.limit, per: rate.per })
]

/** What is not to be taken more often than so. */
export const rate = { name: "r", limit: 2, per: 80 }

/** What the clock shows, the milliseconds that have really passed, and how often it was set back or a process died. */
interface Clocks {
  readonly setbacks: number
  readonly now: number
  readonly elapsed: number
  /** The instant that is written now: the clock may have been set since somebody looked at it. */
  readonly written: number | undefined
}

/** Looks at the permits after every commit, and at the one rate. */
export class RatedPermitWatch extends PermitWatch {
  readonly #rate = new RateWatch()

  /** What is wrong with the permits as they stand, at an instant. */
  lookAt(journal: JournalShape, clocks: Clocks): ReadonlyArray<string> {
    const scene = sceneOf(journal)
    return [...this.judge(scene), ...this.#rate.look(scene.semaphores, scene.rows, clocks)]
  }
}

/**
 * Looks at the one rate, by a bucket of its own that is filled as the clock showed when permits were granted. A clock
 * that is set may fill the bucket, never overfill it. Whoever is next at the rate is served when two periods have
 * really passed, whatever got lost, and one more for each time that the clock was set back or a process died.
 */
class RateWatch {
  #tokens = rate.limit
  #at = 0
  #granted: ReadonlySet<string> = new Set()
  #next: { readonly arrival: number; readonly since: number; readonly setbacks: number } | undefined

  look(
    semaphores: ReadonlyMap<string, HeldSemaphore>,
    rows: ReadonlyArray<OwnedPermit>,
    clocks: Clocks
  ): ReadonlyArray<string> {
    const users = rows.filter(({ takes }) => takes.some(isRate))
    const wrong = [...this.#spend(users), ...this.#wait(semaphores, users, clocks)]
    this.#fillUntil(clocks.now)
    if (clocks.written !== undefined) this.#fillUntil(clocks.written)
    return wrong
  }

  #spend(users: ReadonlyArray<OwnedPermit>): ReadonlyArray<string> {
    const granted = users.filter(({ grantedAt }) => grantedAt !== 0)
    const fresh = granted.filter((row) => !this.#granted.has(grantOf(row)))
    this.#granted = new Set(granted.map(grantOf))
    if (fresh.length === 0) return []
    this.#fillUntil(fresh[0]!.grantedAt)
    this.#tokens -= weightOf(fresh)
    return this.#tokens < -0.01 ? [`N7 rate ${rate.name} gave ${-this.#tokens} more than it had`] : []
  }

  #fillUntil(now: number): void {
    const refilled = Math.max(0, now - this.#at) * rate.limit / rate.per
    this.#tokens = Math.min(rate.limit, this.#tokens + refilled)
    this.#at = now
  }

  #wait(
    semaphores: ReadonlyMap<string, HeldSemaphore>,
    users: ReadonlyArray<OwnedPermit>,
    { elapsed, setbacks }: Clocks
  ): ReadonlyArray<string> {
    const next = nextAtRate(semaphores, users)
    if (next === undefined || next.arrival !== this.#next?.arrival) {
      this.#next = next === undefined ? undefined : { arrival: next.arrival, since: elapsed, setbacks }
      return []
    }
    const waited = elapsed - this.#next.since
    const periods = 2 + setbacks - this.#next.setbacks
    return waited > periods * rate.per + 1 ? [`N7 ${next.path} is next at rate ${rate.name} since ${waited} ms`] : []
  }
}

const isRate = ({ name }: Take): boolean => name === rate.name

const grantOf = ({ arrival, grantedAt }: OwnedPermit): string => `${arrival} ${grantedAt}`

const weightOf = (rows: ReadonlyArray<OwnedPermit>): number =>
  rows.reduce((sum, { takes }) => sum + takes.find(isRate)!.weight, 0)

/** The request that only the rate keeps waiting. */
const nextAtRate = (
  semaphores: ReadonlyMap<string, HeldSemaphore>,
  users: ReadonlyArray<OwnedPermit>
): OwnedPermit | undefined => {
  const waiting = users.filter((row) =>
    row.grantedAt === 0 && row.owner !== null && isServable(row.takes, (name) => semaphores.get(name)?.limit ?? null)
  )
  const [first] = waiting.sort(byTurn)
  return first !== undefined && first.takes.length === 1 ? first : undefined
}

/**
 * A run that holds what another one waits for, and waits itself, in a circle, for what that one holds or for its turn,
 * since that one stands in line before it; `undefined` when there is no circle. `rows` are in the order in which they
 * are served.
 */
export const inCircle = (rows: ReadonlyArray<OwnedPermit>): number | undefined => {
  const names = ({ takes }: OwnedPermit): ReadonlySet<string> => new Set(takes.map(({ name }) => name))
  const [held, waiting] = [rows.filter(({ grantedAt }) => grantedAt !== 0), rows.filter((it) => it.grantedAt === 0)]
  const among = (others: ReadonlyArray<OwnedPermit>, it: OwnedPermit): ReadonlyArray<number> =>
    others.filter((other) => other.run !== it.run && !names(other).isDisjointFrom(names(it))).map(({ run }) => run)
  const of = (run: number): ReadonlyArray<OwnedPermit> => waiting.filter((it) => it.run === run)
  const holders = (run: number) => of(run).flatMap((it) => among(held, it))
  const before = (run: number) => of(run).flatMap((it) => among(waiting.slice(0, waiting.indexOf(it)), it))
  const reached = (from: number): ReadonlySet<number> => {
    const found = new Set([from])
    for (const run of found) for (const next of [...holders(run), ...before(run)]) found.add(next)
    return found
  }
  // Who only stand in line wait for nobody in a circle; who holds something sets others free when it ends.
  return waiting.flatMap(({ run }) => holders(run).filter((holder) => reached(holder).has(run)))[0]
}
