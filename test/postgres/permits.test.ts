/** Permits in the database are granted by the rule that permits in memory are granted by, at the same instants. */
import { beforeAll, describe, expect, it } from "vitest"
import { Permits } from "../../src/journal/Permits.ts"
import { collapse } from "../../src/lock/grant.ts"
import type { PgSession } from "../../src/postgres/PgSession.ts"
import { type Random, seeded } from "../run/random.ts"
import { emptied, migrated } from "./PgWorld.ts"
import { hasPostgres, withoutPostgres } from "./server.ts"

const runs = [1, 2, 3, 4]
const names = ["a", "b", "api", "~1/t/x", "~3/t/y", "~2/u/z"]
const limited = ["a", "b", "api"]

/** The same permits twice. */
class Twins {
  readonly memory = new Permits()
  readonly #session: PgSession
  readonly #owners = new Map<number, number | null>(runs.map((run) => [run, 1]))
  now = 1_795_000_000_000

  constructor(session: PgSession) {
    this.#session = session
  }

  async request(random: Random): Promise<void> {
    const asked = Array.from(
      { length: 1 + random.below(3) },
      () => ({ name: random.pick(names), weight: 1 + random.below(3) })
    )
    const row = { run: random.pick(runs), path: `n${random.below(5)}`, priority: random.below(3), takes: asked }
    this.memory.request(row, this.now)
    await this.#ask("request_permit", { ...row, takes: collapse(asked), askedAt: this.now })
  }

  async release(random: Random): Promise<void> {
    const [run, path] = [random.pick(runs), `n${random.below(5)}`]
    this.memory.release(run, path)
    await this.#session.query("DELETE FROM permits WHERE run = $1 AND path = $2", [run, path])
  }

  async limit(random: Random): Promise<void> {
    const name = random.pick(limited)
    const per = name === "api" && random.chance(0.8) ? 100 + random.below(1_000) / 7 : null
    const row = { name, limit: random.chance(0.1) ? null : random.below(5) + (per === null ? 0 : 1), per }
    const isInitial = random.chance(0.3)
    const full = { ...row, source: "code", problem: null }
    isInitial ? this.memory.limitInitially(full) : this.memory.limit(full)
    await this.#ask("set_limit", { row: full, initial: isInitial })
  }

  async own(random: Random): Promise<void> {
    const [run, owner] = [random.pick(runs), random.chance(0.6) ? 1 : null]
    this.#owners.set(run, owner)
    await this.#session.query("UPDATE runs SET owner = $2 WHERE key = $1", [run, owner])
  }

  async settle(): Promise<void> {
    this.memory.settle((run) => this.#owners.get(run) !== null, this.now)
    await this.#session.query("SELECT orphan_permits()")
    await this.#session.query("SELECT settle($1)", [this.now])
  }

  get rule(): unknown {
    const mayHold = (run: number): boolean => this.#owners.get(run) !== null
    return {
      rows: this.memory.list(undefined).map(({ arrival: _, ...row }) => row),
      held: this.memory.semaphores(this.now).map(({ held, limit, name, per }) => ({ name, limit, per, held })),
      refills: this.memory.refills(mayHold, this.now).map(({ at, name }) => ({ name, at })).sort(byName)
    }
  }

  async inDatabase(): Promise<unknown> {
    const rows = await this.#session.query(
      `SELECT run, path, priority, takes, "askedAt", "grantedAt" FROM permits
       ORDER BY "grantedAt" = 0, "grantedAt", CASE WHEN "grantedAt" = 0 THEN -priority ELSE 0 END, arrival`
    )
    return {
      rows,
      held: await this.#session.query(
        `SELECT name, "limit", per, held_of(s, $1) AS held FROM semaphores s ORDER BY name`,
        [this.now]
      ),
      refills: await this.#session.query("SELECT name, at FROM refills($1) ORDER BY name", [this.now])
    }
  }

  async #ask(name: string, value: unknown): Promise<void> {
    await this.#session.query(`SELECT ${name}($1::json)`, [JSON.stringify(value)])
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

const run = (key: number): string =>
  `INSERT INTO runs SELECT (json_populate_record(null::runs, '{"key": ${key}, "id": "r${key}", "workflow": "w",
   "digest": "d", "kind": "typed", "phase": "Running", "epoch": 1, "priority": 0, "labels": {}, "owner": 1,
   "suspended": false, "createdAt": 1, "startedAt": 1, "finishedAt": 0, "inputSeq": 1, "resultSeq": 0,
   "deleteAt": 0}')).*`

const step = (twins: Twins, random: Random): Promise<void> => {
  const kind = random.below(10)
  if (kind < 5) return twins.request(random)
  if (kind < 7) return twins.release(random)
  return kind < 9 ? twins.limit(random) : twins.own(random)
}

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  let session: PgSession
  beforeAll(async () => {
    session = await migrated()
  })

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    "random histories lead to the same holders, queues, buckets and refills (seed %i)",
    async (seed) => {
      await emptied()
      await session.query(`INSERT INTO processes VALUES (1, 0, 1, 'h', 1); ${runs.map(run).join(";")}`)
      const random = seeded(seed)
      const twins = new Twins(session)
      for (let steps = 0; steps < 60; steps++) {
        for (let more = 1 + random.below(3); more > 0; more--) await step(twins, random)
        twins.now += random.pick([0, 1, 30, 400, -200])
        await twins.settle()
        expect(await twins.inDatabase(), `step ${steps}`).toEqual(twins.rule)
      }
      await emptied()
    }
  )
})
