/**
 * An open run goes on with another definition: another version of its workflow, that can follow what was recorded.
 *
 * Invariant V4: what it goes on with is one event; before its commit it is a run of the one version, after it of the
 * other.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { admit, admitOne, defined, flag } from "../../workflow/admit.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, type Refused, RunNotFound } from "../EngineError.ts"
import type { Ledger } from "../Ledger.ts"
import { register } from "./attach.ts"
import { planWrite } from "./creation.ts"
import { asItBegan } from "./definitions.ts"
import { fitting } from "./load.ts"
import { loadLedger } from "./loadLedger.ts"
import { barred } from "./migratable.ts"
import { takeOver } from "./recover.ts"
import { refuse } from "./resets.ts"

/** How a run is migrated. */
export interface MigrateOptions {
  /** Only says what would be. Default false. */
  readonly dryRun?: boolean
}

/** What a migration comes to. */
export interface MigrationPlan {
  readonly from: string
  readonly to: string
  /** How many nodes that have begun stay as they are. */
  readonly keep: number
  /** Why the run cannot go on with it; absent when it can. */
  readonly refused?: string
}

/** Lets an open run that no process executes go on with another version of its workflow. */
export const migrate = (
  engine: Engine,
  id: string,
  given: { readonly _tag: "Workflow" },
  options: MigrateOptions
): Effect.Effect<MigrationPlan, CommandError | JournalError> =>
  atDoor((): Effect.Effect<MigrationPlan, CommandError | JournalError> => {
    admitOne("what a run is migrated to", given, defined("Workflow"))
    const { dryRun = false } = admit<MigrateOptions>("the options of migrate", options, { dryRun: flag })
    const workflow = given as AnyWorkflow
    return Effect.gen(function* () {
      const attempt = (dryRun: boolean) => Effect.flatten(engine.mailbox.ask(migrated(engine, id, workflow, dryRun)))
      const plan = yield* attempt(true)
      if (dryRun || plan.refused !== undefined) return plan
      // Known here only once it is certain that it fits.
      yield* register(engine, [workflow])
      return yield* attempt(false)
    })
  })

/** In the mailbox, so that nobody takes the run over meanwhile. */
const migrated = (
  engine: Engine,
  id: string,
  workflow: AnyWorkflow,
  dryRun: boolean
): Effect.Effect<Effect.Effect<MigrationPlan, JournalError>, Refused | RunNotFound | JournalError> =>
  Effect.gen(function* () {
    const { journal } = engine.host
    const row = yield* journal.reads.findRun(id)
    if (row === undefined) return yield* RunNotFound.of(id)
    const why = yield* barred(engine, row, workflow)
    if (why !== undefined) return yield* refuse(id, "migrate", why)
    const [claimed] = yield* journal.claims.claim({ run: row.key })
    if (claimed === undefined) return yield* refuse(id, "migrate", "another process is acting on it")
    const giveBack = engine.giveBack([row.key])
    const ledger = yield* loadLedger(engine, claimed)
    if (typeof ledger === "string") return yield* Effect.andThen(giveBack, refuse(id, "migrate", ledger))
    const target = yield* asItBegan(engine, row, workflow)
    const fit = yield* fitting(engine, ledger, target)
    const found = fit()
    const plan: MigrationPlan = { from: row.workflow, to: workflow.name, keep: kept(ledger) }
    if (typeof found === "string" || dryRun) {
      yield* giveBack
      return Effect.succeed(typeof found === "string" ? { ...plan, refused: found } : plan)
    }
    return Effect.as(recorded(engine, ledger, target), plan)
  })

const kept = ({ nodes }: Ledger): number => [...nodes.values()].filter(({ attempt }) => attempt > 0).length

const recorded = (engine: Engine, ledger: Ledger, target: AnyWorkflow): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const write = planWrite(target)
    engine.host.journal.append([write])
    yield* ledger.runDurably({ type: "RunMigrated", workflow: target.name, digest: write.digest })
    yield* engine.mailbox.ask(takeOver(engine, ledger.row))
  })
