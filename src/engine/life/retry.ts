/** Manual retry: the same run again from where it failed. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import type { Json } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, InvalidInput, type Refused } from "../EngineError.ts"
import { encodeInput } from "./inputs.ts"
import type { Ledger } from "../Ledger.ts"
import { loadLedger } from "./loadLedger.ts"
import { hold } from "./hold.ts"
import { load } from "./load.ts"
import {
  admitRetry,
  details,
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
    const found = prepared(engine, id, "retry", request)
    if (Effect.isEffect(found)) return found
    const known = rows(engine, found.row)
    const unknown = unknownNodes(known, request)
    return unknown === undefined ? Effect.succeed(resets(engine, found, known, request)) : refuse(id, "retry", unknown)
  })

/** Runs the failed part of an ended run again; the old attempts stay as history. */
export const retry = (
  engine: Engine,
  id: string,
  given: RetryRequest
): Effect.Effect<RetryPlan, CommandError | InvalidInput | JournalError> =>
  atDoor((): Effect.Effect<RetryPlan, CommandError | InvalidInput | JournalError> => {
    const request = admitRetry(given)
    const found = prepared(engine, id, "retry", request)
    if (Effect.isEffect(found)) return found
    const claimed = engine.host.journal.claim({ run: found.row.key })[0]
    if (claimed === undefined) return refuse(id, "retry", whoActs(engine, found.row))
    const ledger = loadLedger(engine, claimed)
    if (typeof ledger !== "string") return reopen(engine, ledger, found.workflow, request)
    engine.giveBack([claimed.key])
    return refuse(id, "retry", ledger)
  })

const whoActs = ({ host }: Engine, { key }: RunRow): string =>
  host.journal.getRun(key)?.owner === host.journal.process ? "it is Running" : "another process is acting on it"

const reopen = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow,
  request: RetryRequest
): Effect.Effect<RetryPlan, Refused | InvalidInput | JournalError> => {
  const { id, key } = ledger.row
  const giveBack = <E>(failure: Effect.Effect<never, E>) => {
    engine.giveBack([key])
    return failure
  }
  // Asked again now that nobody else can act on the run.
  const refused = refusal("retry", ledger.row, details(request)) ?? unknownNodes(ledger.nodes, request)
  if (refused !== undefined) return giveBack(refuse(id, "retry", refused))
  // Before anything is recorded: a definition that changed too much must leave the run as it is.
  const planned = () => resets(engine, { row: ledger.row, workflow }, ledger.nodes, request)
  const runnable = load(engine, ledger, workflow, () => new Set(planned().reset.map(({ path }) => path)))
  if (typeof runnable === "string") return giveBack(refuse(id, "retry", runnable))
  const plan = planned()
  const input = changedInput(engine, workflow, request)
  if (input instanceof InvalidInput) return giveBack(Effect.fail(input))
  const event = {
    type: "RunRetried",
    epoch: ledger.row.epoch + 1,
    reset: plan.reset.map(({ path }) => path),
    ...input
  } as const
  dismissLate(engine, key)
  return Effect.callback((resume) => {
    ledger.run(event, (error) => resume(error === undefined ? Effect.succeed(plan) : Effect.fail(error)))
    if (input.input !== undefined) ledger.texts.set(ledger.row.inputSeq, JSON.stringify(input.input))
    const live = load(engine, ledger, workflow)
    if (typeof live === "string") hold(engine, ledger, live)
    else engine.execute(live)
  })
}

/**
 * What was asked of the run that had ended, by somebody who could not wait for an answer, is not meant for this epoch.
 */
const dismissLate = ({ host: { journal } }: Engine, run: number): void => {
  const answer = JSON.stringify({ ok: false, message: "The run ended before the command arrived" })
  const late = journal.inbox().filter((command) => command.run === run)
  if (late.length > 0) journal.append(late.map(({ id }) => ({ kind: "answer", command: id, answer })))
}

const changedInput = (
  engine: Engine,
  workflow: AnyWorkflow,
  request: RetryRequest
): { readonly input?: Json } | InvalidInput => {
  if (!("input" in request)) return {}
  const text = encodeInput(engine, workflow, request.input)
  return text instanceof InvalidInput ? text : { input: JSON.parse(text) }
}
