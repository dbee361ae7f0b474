/** Runs that do not go on: the reason is recorded, and they are given back. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { isDamaged } from "../../journal/stored.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { bareLedger } from "./loadLedger.ts"

/** Records why a run does not go on, and gives it back. */
export const hold = (engine: Engine, ledger: Ledger, message: string): Effect.Effect<void, JournalError> =>
  Effect.suspend(() => {
    const { id, key, workflow } = ledger.row
    if (ledger.row.held !== message) ledger.run({ type: "RunHeld", message })
    return Effect.map(
      engine.host.journal.claims.release([key]),
      () => engine.onHeld({ run: id, workflow, because: message })
    )
  })

/**
 * Holds a run of which storage refused what was to be written: what was
 * stored before stands, and it does not go on by itself.
 */
export const holdRefused = (engine: Engine, run: number, why: string): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { claims } = engine.host.journal
    yield* claims.release([run])
    // A run that was never stored, or that another process has, is not claimed.
    const [row] = yield* claims.claim({ run })
    if (row === undefined) return
    // What was refused was its retry: it has ended as it had.
    if (isTerminal(row.phase)) return yield* engine.giveBack([run])
    yield* hold(engine, yield* bareLedger(engine, row), `Its record cannot go on: ${why}`)
  })

/** A record that cannot be read stays as it is: all that is added is why, and nothing where its own row is damaged. */
export const leaveDamaged = (engine: Engine, row: RunRow, why: string): Effect.Effect<void, JournalError> =>
  isDamaged(row)
    ? Effect.map(
      engine.host.journal.claims.release([row.key]),
      () => engine.onHeld({ run: row.id, workflow: row.workflow, because: why })
    )
    : Effect.flatMap(bareLedger(engine, row), (ledger) => hold(engine, ledger, why))
