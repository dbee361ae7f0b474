/**
 * Compares the rows of runs with the events that they are folded from, and writes them anew where they differ. Events
 * are never changed: they are the truth, and rows are only what is quick to read.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Reads, Write } from "../../journal/Journal.ts"
import { differences } from "../../run/checkFold.ts"
import { fold, type Rows } from "../../run/evolve.ts"
import type { RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import { isExecuted } from "./definitions.ts"

/** A run whose rows are not what its events say. */
export interface Misfit {
  /** The id of the run. */
  readonly run: string
  /** Where they differ, or why that cannot be found out. */
  readonly because: ReadonlyArray<string>
  /** Whether they were written anew. */
  readonly isRepaired: boolean
}

const page = 200

/** All of them, but for runs that a living process executes: those change while one looks. */
export const misfits = (
  engine: Engine,
  { repair }: { readonly repair: boolean }
): Effect.Effect<ReadonlyArray<Misfit>, JournalError> =>
  Effect.gen(function* () {
    const found: Array<Misfit> = []
    for (let skip = 0;; skip += page) {
      const rows = yield* engine.host.journal.reads.listRuns({ skip, limit: page })
      for (const row of rows) {
        if (yield* isExecuted(engine, row)) continue
        const because = yield* compared(engine.host.journal.reads, row)
        if (because.length === 0) continue
        found.push({ run: row.id, because, isRepaired: repair && (yield* repaired(engine, row)) })
      }
      if (rows.length < page) return found
    }
  })

const compared = (reads: Reads, row: RunRow): Effect.Effect<ReadonlyArray<string>, JournalError> =>
  unlessUnreadable(Effect.map(rowsOf(reads, row), ({ folded, stored }) => differences(stored, folded)))

/** Of one run that cannot be read the others are not worse off. */
const unlessUnreadable = (
  found: Effect.Effect<ReadonlyArray<string>, JournalError>
): Effect.Effect<ReadonlyArray<string>, JournalError> =>
  Effect.catch(found, (error) => error.concernsOneRun ? Effect.succeed([error.message]) : Effect.fail(error))

const rowsOf = (
  reads: Reads,
  row: RunRow
): Effect.Effect<{ readonly stored: Rows; readonly folded: Rows }, JournalError> =>
  Effect.gen(function* () {
    const run = (yield* reads.getRun(row.key)) ?? row
    const nodes = new Map((yield* reads.nodes(row.key)).map((node) => [node.path, node]))
    return { stored: { run, nodes }, folded: fold(yield* reads.events(row.key, 0), row.key) }
  })

/** Writes them while nobody else can act on the run; answers whether they fit then. */
const repaired = (engine: Engine, { key }: RunRow): Effect.Effect<boolean, JournalError> =>
  Effect.gen(function* () {
    const { claims, drained, reads } = engine.host.journal
    const [claimed] = yield* claims.claim({ run: key })
    if (claimed === undefined) return false
    const work = Effect.gen(function* () {
      const { folded } = yield* rowsOf(reads, claimed)
      const nodes = [...folded.nodes.values()].map((row): Write => ({ kind: "node", row }))
      engine.host.journal.append([{ kind: "run", row: { ...folded.run, owner: claimed.owner } }, ...nodes])
      yield* drained
      return (yield* compared(reads, claimed)).length === 0
    })
    return yield* Effect.ensuring(
      Effect.catch(work, (error) => error.concernsOneRun ? Effect.succeed(false) : Effect.fail(error)),
      Effect.ignore(claims.release([key]))
    )
  })
