/** The invariants N1 to N6, N16 and U as checks over what one run left behind; used by simulation and crash tests. */
import { checkAcknowledged } from "./checkAcknowledged.ts"
import { checkAttempts } from "./checkAttempts.ts"
import { checkComposites } from "./checkComposites.ts"
import { checkEnds } from "./checkEnds.ts"
import { checkFold } from "./checkFold.ts"
import { checkHandlers } from "./checkHandlers.ts"
import { checkOrder } from "./checkOrder.ts"
import { checkUndo } from "./checkUndo.ts"
import type { Evidence, Invariant } from "./evidence.ts"
import { apply, type Rows } from "./evolve.ts"

const invariants: ReadonlyArray<Invariant> = [
  checkEnds,
  checkComposites,
  checkOrder,
  checkAttempts,
  checkHandlers,
  checkAcknowledged,
  checkFold,
  checkUndo
]

/**
 * Everything in the events (and rows) of one run that breaks an
 * invariant, as sentences that begin with its name; empty when all hold.
 */
export const check = (evidence: Evidence): ReadonlyArray<string> => {
  const violations: Array<string> = []
  const checkers = invariants.map((invariant) => invariant(evidence, (violation) => violations.push(violation)))
  let rows: Rows | undefined
  for (const fact of evidence.events) {
    if (rows !== undefined) { for (const checker of checkers) checker.see?.(fact, rows) }
    rows = apply(rows, fact, evidence.rows?.run.key ?? 0)
  }
  if (rows !== undefined) { for (const checker of checkers) checker.end?.(rows) }
  return violations
}
