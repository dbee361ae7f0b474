/** What is kept of what people did, and how it is read. */
import * as Effect from "effect/Effect"
import type { Cell, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Actor } from "../../run/actor.ts"
import { type Deed, deedKey, deedMillis, deedSpace } from "../../run/deed.ts"
import { admit, count, text } from "../../workflow/admit.ts"
import type { InvalidValue } from "../../workflow/values.ts"
import { withActor } from "../actor.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import type { Host } from "../Live.ts"

/** What is kept of a deed that no event of a run tells; nothing where nobody is known to have done it. */
export const deedWrites = (host: Host, by: Actor | undefined, deed: Omit<Deed, "at" | "by">): ReadonlyArray<Write> => {
  if (by === undefined) return []
  const at = host.now()
  const data = JSON.stringify({ at, by, ...deed })
  return [{ kind: "cell", space: deedSpace, key: deedKey(at, 0, host.journal.nextKey()), was: null, data }]
}

/** Keeps a deed that is about no single run; answers once it is durable. */
export const noted = ({ host }: Engine, deed: Omit<Deed, "at" | "by">): Effect.Effect<void, JournalError> =>
  withActor(host, (by) => {
    const writes = deedWrites(host, by, deed)
    if (writes.length === 0) return Effect.void
    return Effect.callback((resume) => {
      host.journal.append(writes, (error) => resume(error === undefined ? Effect.void : Effect.fail(error)))
    })
  })

/** How deeds are read. */
export interface AuditFilter {
  /** Only those about this run. */
  readonly run?: string
  /** Only those from this instant on, in milliseconds since the epoch. */
  readonly since?: number
  /** How many at most, the latest; default 100. */
  readonly limit?: number
}

/** What was done, the latest first. */
export const audit = (
  engine: Engine,
  filter: AuditFilter = {}
): Effect.Effect<ReadonlyArray<Deed>, JournalError | InvalidValue> =>
  atDoor(() =>
    deeds(engine, admit<AuditFilter>("the filter of audit", filter, { run: text, since: count({}), limit: rows }))
  )

const rows = count({ least: 1, forever: true })

const deeds = (
  { host: { journal } }: Engine,
  { limit = 100, run, since = 0 }: AuditFilter
): Effect.Effect<ReadonlyArray<Deed>, JournalError> =>
  Effect.gen(function* () {
    const found: Array<Deed> = []
    let before: string | undefined = undefined
    while (found.length < limit) {
      const cells: ReadonlyArray<Cell> = yield* journal.reads.cells(deedSpace, {
        backwards: true,
        from: deedKey(since),
        limit: page,
        ...(before === undefined ? {} : { before })
      })
      const deeds = cells.map(({ data }) => JSON.parse(data) as Deed)
      found.push(...deeds.filter((deed) => run === undefined || deed.run === run))
      if (cells.length < page) break
      before = cells.at(-1)!.key
    }
    return found.slice(0, limit)
  })

const page = 500

/** Forgets what is kept no longer; what another process forgets is left to it. */
export const forgetDeeds = ({ host: { journal, now } }: Engine): Effect.Effect<void, JournalError> =>
  Effect.map(
    journal.reads.cells(deedSpace, { before: deedKey(Math.max(0, now() - deedMillis)), limit: 1_000 }),
    (cells) => {
      for (const { data, key, space } of cells) {
        journal.append([{ kind: "cell", space, key, was: data, data: null }])
      }
    }
  )
