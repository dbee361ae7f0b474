/** What a migration comes to, and how it is recorded: with all that it loses, in one commit. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { renamedNodes } from "../../plan/formerNames.ts"
import type { Actor } from "../../run/actor.ts"
import { isBeneath } from "../../run/path.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { planWrite } from "./creation.ts"
import { type Losing, losing, type LostNode } from "./losing.ts"

/** What a migration comes to. */
export interface MigrationPlan {
  /** The name of the workflow that the run has now, its version included. */
  readonly from: string
  /** The name of the workflow that it goes on with. */
  readonly to: string
  /** How many nodes that have begun stay as they are. */
  readonly keep: number
  /** Nodes that have begun and that it does not have as they were: what they recorded is lost. */
  readonly lost: ReadonlyArray<LostNode>
  /** Nodes that run again because of that, each with why. */
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  /** Nodes that have another name in it, by `renamedFrom`; in this run they keep the former one. */
  readonly renamed: ReadonlyArray<{ readonly from: string; readonly to: string }>
  /** Why the run cannot go on with it; absent when it can. */
  readonly refused?: string
}

/** The version that was asked for, and the same with the names that its nodes have in the run. */
interface Versions {
  readonly workflow: AnyWorkflow
  readonly target: AnyWorkflow
}

/** What would be; `record` is absent where that is refused. */
export const migration = (
  engine: Engine,
  ledger: Ledger,
  versions: Versions,
  { acceptLost, by }: { readonly acceptLost: boolean; readonly by: Actor | undefined }
): Effect.Effect<
  { readonly plan: MigrationPlan; readonly record: Effect.Effect<void, JournalError> | undefined },
  JournalError
> =>
  Effect.gen(function* () {
    const found = yield* losing(engine, ledger, versions.target)
    const plan = yield* planned(engine, ledger, versions, found, acceptLost)
    const isRefused = typeof found === "string" || plan.refused !== undefined
    return { plan, record: isRefused ? undefined : recorded(engine, ledger, versions.target, found, by) }
  })

const planned = (
  engine: Engine,
  ledger: Ledger,
  { target, workflow }: Versions,
  found: Losing | string,
  acceptLost: boolean
): Effect.Effect<MigrationPlan, JournalError> =>
  Effect.gen(function* () {
    const { key, reason, stopping, workflow: from } = ledger.row
    const renamed = renamedNodes(workflow, target)
    const nothing = { from, to: workflow.name, keep: kept(ledger, []), lost: [], reset: [], renamed }
    if (typeof found === "string") return { ...nothing, refused: found }
    const { lost, reset } = found
    if (lost.length === 0) return nothing
    const artifacts = yield* engine.host.journal.reads.artifacts.list({ run: key })
    const saved = (path: string) => artifacts.filter((it) => it.path === path || isBeneath(it.path, path))
    const plan = {
      ...nothing,
      keep: kept(ledger, pathsOf(found)),
      lost: lost.map((it) => ({ ...it, artifacts: saved(it.path).map(({ name }) => name) })),
      reset
    }
    if (stopping !== null || reason === "Compensating") return { ...plan, refused: "it is ending" }
    const why = [...new Set(lost.map(({ why }) => why))].sort().join("; ")
    if (acceptLost) return plan
    return { ...plan, refused: `${why}. Accept that with acceptLost, or --accept-lost` }
  })

const pathsOf = ({ gone, reset }: Losing): ReadonlyArray<string> => [...gone, ...reset.map(({ path }) => path)]

const kept = ({ nodes }: Ledger, reset: ReadonlyArray<string>): number => {
  const again = new Set(reset)
  return [...nodes.values()].filter(({ attempt, path }) => attempt > 0 && !again.has(path)).length
}

const recorded = (
  engine: Engine,
  ledger: Ledger,
  target: AnyWorkflow,
  { gone, lost, reset }: Losing,
  by: Actor | undefined
): Effect.Effect<void, JournalError> =>
  Effect.suspend(() => {
    const { epoch, key } = ledger.row
    const write = planWrite(target)
    const paths = [...gone, ...reset.map(({ path }) => path)]
    const event = {
      type: "RunMigrated",
      workflow: target.name,
      digest: write.digest,
      ...(lost.length === 0 ? {} : { lost: { epoch: epoch + 1, reset: paths } }),
      ...(by === undefined ? {} : { by })
    } as const
    engine.host.journal.append([write])
    const stored = ledger.runDurably(event)
    if (lost.length === 0) return stored
    for (const path of paths) engine.host.desk.release(key, path)
    engine.host.placements.recall(key)
    return stored
  })
