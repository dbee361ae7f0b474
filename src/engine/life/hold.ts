/** Runs that do not go on: the reason is recorded, and they are given back. */
import { isDamaged } from "../../journal/stored.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { bareLedger } from "./loadLedger.ts"

/** Records why a run does not go on, and gives it back. */
export const hold = (engine: Engine, ledger: Ledger, message: string): void => {
  if (ledger.row.held !== message) ledger.run({ type: "RunHeld", message })
  engine.host.journal.flush()
  engine.host.journal.release([ledger.row.key])
  engine.held({ run: ledger.row.id, workflow: ledger.row.workflow, because: message })
}

/**
 * Holds a run of which storage refused what was to be written:
 * what was stored before stands, and it does not go on by itself.
 */
export const holdRefused = (engine: Engine, run: number, why: string): void => {
  const { journal } = engine.host
  journal.release([run])
  // A run that was never stored, or that another process has, is not claimed.
  const row = journal.claim({ run })[0]
  if (row === undefined) return
  // What was refused was its retry: it has ended as it had.
  if (isTerminal(row.phase)) engine.giveBack([run])
  else hold(engine, bareLedger(engine, row), `Its record cannot go on: ${why}`)
}

/** A record that cannot be read stays as it is: all that is added is why, and nothing where its own row is damaged. */
export const leaveDamaged = (engine: Engine, row: RunRow, why: string): undefined => {
  if (!isDamaged(row)) return void hold(engine, bareLedger(engine, row), why)
  engine.host.journal.release([row.key])
  engine.held({ run: row.id, workflow: row.workflow, because: why })
}
