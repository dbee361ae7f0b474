/** Manual retry: the same run again from where it failed. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import type { Actor } from "../../run/actor.ts"
import type { Json, RunEvent } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { byOf, withActor } from "../actor.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, InvalidInput, type Refused } from "../EngineError.ts"
import { encodeInput } from "./inputs.ts"
import type { Ledger } from "../Ledger.ts"
import { loadLedger } from "./loadLedger.ts"
import { hold } from "./hold.ts"
import { fitting } from "./load.ts"
import { reclaimed } from "./policies.ts"
import {
  admitRetry,
  details,
  type Found,
  prepared,
  refuse,
  resets,
  type RetryPlan,
  type RetryRequest,
  rows,
  unknownNodes
} from "./resets.ts"

/** What a retry would do, without doing it. */
export const planRetry = (
  engine: Engine,
  id: string,
  given: RetryRequest
): Effect.Effect<RetryPlan, CommandError> =>
  atDoor((): Effect.Effect<RetryPlan, CommandError> => {
    const request = admitRetry(given)
    return Effect.gen(function* () {
      const found = yield* prepared(engine, id, "retry", request)
      const known = yield* rows(engine, found.row)
      const unknown = unknownNodes(known, request)
      return yield* (unknown === undefined ? resets(engine, found, known, request) : refuse(id, "retry", unknown))
    })
  })

/** Runs the failed part of an ended run again; the old attempts stay as history. */
export const retry = (
  engine: Engine,
  id: string,
  given: RetryRequest
): Effect.Effect<RetryPlan, CommandError | InvalidInput | JournalError> =>
  atDoor((): Effect.Effect<RetryPlan, CommandError | InvalidInput | JournalError> => {
    const request = admitRetry(given)
    return withActor(engine.host, (by) =>
      Effect.flatMap(
        prepared(engine, id, "retry", request),
        (found) => Effect.flatten(engine.mailbox.ask(claimed(engine, found, request, by)))
      ))
  })

type Reopened = Effect.Effect<Effect.Effect<RetryPlan, JournalError>, Refused | InvalidInput | JournalError>

/** Claims the run and opens it again; what is given still waits until that is stored. In the mailbox. */
const claimed = (engine: Engine, { row, workflow }: Found, request: RetryRequest, by: Actor | undefined): Reopened =>
  Effect.gen(function* () {
    const [claimed] = yield* engine.host.journal.claims.claim({ run: row.key })
    if (claimed === undefined) return yield* refuse(row.id, "retry", yield* whoActs(engine, row))
    const giveBack = <E>(failure: Effect.Effect<never, E>) => Effect.andThen(engine.giveBack([row.key]), failure)
    const ledger = yield* loadLedger(engine, claimed)
    if (typeof ledger === "string") return yield* giveBack(refuse(row.id, "retry", ledger))
    return yield* Effect.catchTag(
      reopen(engine, ledger, workflow, request, by),
      ["Refused", "InvalidInput"],
      (fault) => giveBack(Effect.fail(fault))
    )
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
const reopen = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow,
  request: RetryRequest,
  by: Actor | undefined
): Reopened =>
  Effect.gen(function* () {
    const { id, key } = ledger.row
    // Asked again now that nobody else can act on the run.
    const refused = refusal("retry", ledger.row, details(request)) ?? unknownNodes(ledger.nodes, request)
    if (refused !== undefined) return yield* refuse(id, "retry", refused)
    const plan = yield* resets(engine, { row: ledger.row, workflow }, ledger.nodes, request)
    const reset = plan.reset.map(({ path }) => path)
    const fit = yield* fitting(engine, ledger, workflow)
    const runnable = fit(new Set(reset))
    if (typeof runnable === "string") return yield* refuse(id, "retry", runnable)
    const input = changedInput(engine, workflow, request)
    if (input instanceof InvalidInput) return yield* input
    const other = yield* reclaimed(engine, ledger)
    if (other !== undefined) return yield* refuse(id, "retry", `run ${other} of the same key is open (singleton)`)
    yield* dismissLate(engine, key)
    // From here on nothing is asked: what is recorded may be refused, and then the run has to be there to be ended.
    const stored = recorded(ledger, {
      type: "RunRetried",
      epoch: ledger.row.epoch + 1,
      reset,
      ...input,
      ...modeIn(request),
      ...byOf(by)
    })
    if (input.input !== undefined) ledger.texts.set(ledger.row.inputSeq, JSON.stringify(input.input))
    const live = fit()
    if (typeof live === "string") yield* hold(engine, ledger, live)
    else {
      live.readsAgain = request.cache === "use" || request.cache === "read"
      engine.execute(live)
    }
    return Effect.as(stored, plan)
  })

const modeIn = ({ cache }: RetryRequest): Pick<RetryRequest, "cache"> => cache === undefined ? {} : { cache }

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

const changedInput = (
  engine: Engine,
  workflow: AnyWorkflow,
  request: RetryRequest
): { readonly input?: Json } | InvalidInput => {
  if (!("input" in request)) return {}
  const text = encodeInput(engine, workflow, request.input)
  return text instanceof InvalidInput ? text : { input: JSON.parse(text) }
}
