/**
 * An open run goes on with another definition: another version of its workflow, that can follow what was recorded.
 *
 * Invariant V4: what it goes on with is one event; before its commit it is a run of the one version, after it of the
 * other.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Actor } from "../../run/actor.ts"
import type { RunRow } from "../../run/State.ts"
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
  /** Leaves the run to whichever process has that version. Default false: this one goes on with it. */
  readonly leave?: boolean
}

/** What a migration comes to. */
export interface MigrationPlan {
  /** The name of the workflow that the run has now, its version included. */
  readonly from: string
  /** The name of the workflow that it goes on with. */
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
  options: MigrateOptions,
  by?: Actor
): Effect.Effect<MigrationPlan, CommandError | JournalError> =>
  atDoor((): Effect.Effect<MigrationPlan, CommandError | JournalError> => {
    admitOne("what a run is migrated to", given, defined("Workflow"))
    const asked = admit<MigrateOptions>("the options of migrate", options, { dryRun: flag, leave: flag })
    const { dryRun = false, leave = false } = asked
    const workflow = given as AnyWorkflow
    return Effect.gen(function* () {
      const attempt = (dryRun: boolean) =>
        Effect.flatten(engine.mailbox.ask(migrated(engine, id, workflow, { dryRun, leave, by })))
      const plan = yield* attempt(true)
      if (dryRun || plan.refused !== undefined) return plan
      // Known here only once it is certain that it fits.
      if (!leave) yield* register(engine, [workflow])
      return yield* attempt(false)
    })
  })

interface Migrating extends Required<MigrateOptions> {
  readonly by: Actor | undefined
}

type Done = Effect.Effect<MigrationPlan, JournalError>

/** In the mailbox, so that nobody takes the run over meanwhile. */
const migrated = (
  engine: Engine,
  id: string,
  workflow: AnyWorkflow,
  options: Migrating
): Effect.Effect<Done, Refused | RunNotFound | JournalError> =>
  Effect.gen(function* () {
    const { claims, reads } = engine.host.journal
    const row = yield* reads.findRun(id)
    if (row === undefined) return yield* RunNotFound.of(id)
    const why = yield* barred(engine, row, workflow)
    if (why !== undefined) return yield* refuse(id, "migrate", why)
    const [claimed] = yield* claims.claim({ run: row.key })
    if (claimed === undefined) return yield* refuse(id, "migrate", "another process is acting on it")
    // Whoever has its version may have come meanwhile, and found it taken.
    const giveBack = claims.offer([row.key])
    const work = withClaim(engine, claimed, workflow, options, giveBack)
    return yield* Effect.onError(work, () => Effect.ignore(giveBack))
  })

const withClaim = (
  engine: Engine,
  row: RunRow,
  workflow: AnyWorkflow,
  { by, dryRun, leave }: Migrating,
  giveBack: Effect.Effect<void, JournalError>
): Effect.Effect<Done, Refused | JournalError> =>
  Effect.gen(function* () {
    const ledger = yield* loadLedger(engine, row)
    if (typeof ledger === "string") return yield* refuse(row.id, "migrate", ledger)
    const target = yield* asItBegan(engine, row, workflow)
    const found = (yield* fitting(engine, ledger, target))()
    const plan: MigrationPlan = { from: row.workflow, to: workflow.name, keep: kept(ledger) }
    if (typeof found === "string" || dryRun) {
      yield* giveBack
      return Effect.succeed(typeof found === "string" ? { ...plan, refused: found } : plan)
    }
    // The row is that of the new version only then.
    const next = Effect.suspend(() => leave ? giveBack : engine.mailbox.ask(takeOver(engine, ledger.row)))
    return Effect.as(Effect.andThen(recorded(engine, ledger, target, by), next), plan)
  })

const kept = ({ nodes }: Ledger): number => [...nodes.values()].filter(({ attempt }) => attempt > 0).length

const recorded = (
  engine: Engine,
  ledger: Ledger,
  target: AnyWorkflow,
  by: Actor | undefined
): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const write = planWrite(target)
    engine.host.journal.append([write])
    yield* ledger.runDurably({
      type: "RunMigrated",
      workflow: target.name,
      digest: write.digest,
      ...(by === undefined ? {} : { by })
    })
  })
