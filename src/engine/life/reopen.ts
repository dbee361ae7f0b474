/** An ended run is opened again: claimed, looked at, and recorded so in one event. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Actor } from "../../run/actor.ts"
import type { RunEvent } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import { byOf } from "../actor.ts"
import type { Engine } from "../Engine.ts"
import type { InvalidInput, Refused } from "../EngineError.ts"
import type { Ledger } from "../Ledger.ts"
import type { LiveRun } from "../Live.ts"
import { hold } from "./hold.ts"
import { fitting } from "./load.ts"
import { loadLedger } from "./loadLedger.ts"
import { reclaimed } from "./policies.ts"
import { type Found, refuse } from "./resets.ts"

type Fault = Refused | InvalidInput | JournalError

/** What is recorded of it, what whoever asked is told, and what is said to the run before it goes on. */
export interface Again<A> {
  readonly event: Omit<Extract<RunEvent, { readonly type: "RunRetried" }>, "type" | "epoch" | "by">
  readonly answer: A
  readonly ready: (live: LiveRun) => void
}

/** How a run goes on, or why not; asked when nobody else can act on it. */
export type Decide<A> = (
  ledger: Ledger,
  fit: (redone?: ReadonlySet<string>) => LiveRun | string
) => Effect.Effect<Again<A>, Fault>

/** Opens a run again; what is given waits until that is stored. */
export const reopen = <A>(
  engine: Engine,
  found: Found,
  verb: "retry" | "compensate",
  by: Actor | undefined,
  decide: Decide<A>
): Effect.Effect<A, Fault> =>
  Effect.flatten(
    engine.mailbox.ask(claimed(engine, found, verb, (ledger) => decided(engine, ledger, found, verb, by, decide)))
  )

type Reopened<A> = Effect.Effect<Effect.Effect<A, JournalError>, Fault>

/** In the mailbox. */
const claimed = <A>(
  engine: Engine,
  { row }: Found,
  verb: string,
  work: (ledger: Ledger) => Reopened<A>
): Reopened<A> =>
  Effect.gen(function* () {
    const [claimed] = yield* engine.host.journal.claims.claim({ run: row.key })
    if (claimed === undefined) return yield* refuse(row.id, verb, yield* whoActs(engine, row))
    const giveBack = <E>(failure: Effect.Effect<never, E>) => Effect.andThen(engine.giveBack([row.key]), failure)
    const ledger = yield* loadLedger(engine, claimed)
    if (typeof ledger === "string") return yield* giveBack(refuse(row.id, verb, ledger))
    return yield* Effect.catchTag(work(ledger), ["Refused", "InvalidInput"], (fault) => giveBack(Effect.fail(fault)))
  })

const whoActs = ({ host: { journal } }: Engine, { key }: RunRow): Effect.Effect<string, JournalError> =>
  Effect.map(
    journal.reads.getRun(key),
    (row) => row?.owner === journal.process ? "it is Running" : "another process is acting on it"
  )

/**
 * Nothing is recorded before it is certain that the run can go on:
 * a definition that changed too much must leave it as it is.
 */
const decided = <A>(
  engine: Engine,
  ledger: Ledger,
  { workflow }: Found,
  verb: "retry" | "compensate",
  by: Actor | undefined,
  decide: Decide<A>
): Reopened<A> =>
  Effect.gen(function* () {
    const { id, key } = ledger.row
    const fit = yield* fitting(engine, ledger, workflow)
    const { answer, event, ready } = yield* decide(ledger, fit)
    const runnable = fit(new Set(event.reset))
    if (typeof runnable === "string") return yield* refuse(id, verb, runnable)
    const other = yield* reclaimed(engine, ledger)
    if (other !== undefined) return yield* refuse(id, verb, `run ${other} of the same key is open (singleton)`)
    yield* dismissLate(engine, key)
    // From here on nothing is asked: what is recorded may be refused, and then the run has to be there to be ended.
    const stored = recorded(ledger, { type: "RunRetried", epoch: ledger.row.epoch + 1, ...event, ...byOf(by) })
    if (event.input !== undefined) ledger.texts.set(ledger.row.inputSeq, JSON.stringify(event.input))
    const live = fit()
    if (typeof live === "string") yield* hold(engine, ledger, live)
    else {
      ready(live)
      engine.execute(live)
    }
    return Effect.as(stored, answer)
  })

/** Records at once; the effect waits until that is stored. */
const recorded = (ledger: Ledger, event: RunEvent): Effect.Effect<void, JournalError> => {
  const end = Deferred.makeUnsafe<void, JournalError>()
  ledger.run(event, (error) => Deferred.doneUnsafe(end, error === undefined ? Effect.void : Effect.fail(error)))
  return Deferred.await(end)
}

/**
 * What was asked of the run that had ended, by somebody who could not wait for an answer, is not meant for this epoch.
 */
const dismissLate = ({ host: { journal } }: Engine, run: number): Effect.Effect<void, JournalError> =>
  Effect.map(journal.reads.inbox(), (commands) => {
    const answer = JSON.stringify({ ok: false, message: "The run ended before the command arrived" })
    const late = commands.filter((command) => command.run === run)
    if (late.length > 0) journal.append(late.map(({ id }) => ({ kind: "answer", command: id, answer })))
  })
