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
import { admitNamed, admitOne, defined, flag } from "../../workflow/admit.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, type Refused, RunNotFound } from "../EngineError.ts"
import { register } from "./attach.ts"
import { asItBegan } from "./definitions.ts"
import { loadLedger } from "./loadLedger.ts"
import { barred } from "./migratable.ts"
import { migration, type MigrationPlan } from "./migration.ts"
import { takeOver } from "./recover.ts"
import { refuse } from "./resets.ts"

/** How a run is migrated. */
export interface MigrateOptions {
  /** Only says what would be. Default false. */
  readonly dryRun?: boolean
  /** Leaves the run to whichever process has that version. Default false: this one goes on with it. */
  readonly leave?: boolean
  /** Lets go of what that version cannot take over of what was recorded. Default false: then it is refused. */
  readonly acceptLost?: boolean
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
    const asked = admitNamed<MigrateOptions>("the options of migrate", options, {
      dryRun: flag,
      leave: flag,
      acceptLost: flag
    })
    const { acceptLost = false, dryRun = false, leave = false } = asked
    const workflow = given as AnyWorkflow
    return Effect.gen(function* () {
      const attempt = (dryRun: boolean) =>
        Effect.flatten(engine.mailbox.ask(migrated(engine, id, workflow, { acceptLost, dryRun, leave, by })))
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
  options: Migrating,
  giveBack: Effect.Effect<void, JournalError>
): Effect.Effect<Done, Refused | JournalError> =>
  Effect.gen(function* () {
    const ledger = yield* loadLedger(engine, row)
    if (typeof ledger === "string") return yield* refuse(row.id, "migrate", ledger)
    const target = yield* asItBegan(engine, row, workflow)
    const { plan, record } = yield* migration(engine, ledger, { workflow, target }, options)
    if (record === undefined || options.dryRun) {
      yield* giveBack
      return Effect.succeed(plan)
    }
    // The row is that of the new version only then.
    const next = Effect.suspend(() => options.leave ? giveBack : engine.mailbox.ask(takeOver(engine, ledger.row)))
    return Effect.as(Effect.andThen(record, next), plan)
  })
