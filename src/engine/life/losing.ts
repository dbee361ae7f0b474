/** What a migration would lose of what a run has recorded: nodes that the new version does not have as they were. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { planFrom } from "../../plan/stored.ts"
import { changes } from "../../run/changes.ts"
import { resetNode } from "../../run/evolveNode.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { planOf } from "./plans.ts"
import { resets } from "./resets.ts"
import { unfitInput, unreadable } from "./unreadable.ts"

/** A node of which nothing that it has recorded counts any more. */
export interface LostNode {
  /** Its path. */
  readonly path: string
  /** Why, as a sentence. */
  readonly why: string
  /** Names of the artifacts that it has saved. */
  readonly artifacts: ReadonlyArray<string>
}

/** What does not stay as it is. */
export interface Losing {
  readonly lost: ReadonlyArray<Omit<LostNode, "artifacts">>
  /** The nodes that run again because of it, each with why. */
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  /** Nodes that are not there any more, with all beneath them. */
  readonly gone: ReadonlyArray<string>
}

/** What the run loses where it goes on with a workflow; a sentence where it cannot, whatever it may lose. */
export const losing = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow
): Effect.Effect<Losing | string, JournalError> =>
  Effect.gen(function* () {
    const { nodes, row } = ledger
    const now = planOf(workflow)
    const stored = now.digest === row.digest ? undefined : yield* engine.host.journal.reads.plan(row.digest)
    const input = unfitInput(ledger, workflow)
    if (input !== undefined) return input
    const { again, gone, lost } = changes(nodes, now, stored === undefined ? undefined : planFrom(stored))
    for (;;) {
      const plan = yield* resets(engine, { row, workflow }, nodes, { nodes: [...again.keys()] }, again)
      const reset = plan.reset.filter(({ path }) => !gone.has(path))
      const paths = new Set([...gone, ...reset.map(({ path }) => path)])
      const fresh = new Map([...nodes].map(([path, row]) => [path, paths.has(path) ? resetNode(row, row.epoch) : row]))
      const wrong = unreadable({ row, nodes: fresh, texts: ledger.texts }, now, new Set())
      if (wrong.length === 0) return { lost, gone: [...gone], reset: lost.length === 0 ? [] : reset }
      for (const one of wrong) {
        if (again.has(one.path)) return one.why
        again.set(one.path, one.why)
        lost.push(one)
      }
    }
  })
