/** Manual retry: the same run again from where it failed. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import type { Json } from "../../run/Event.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { withActor } from "../actor.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, InvalidInput } from "../EngineError.ts"
import type { LiveRun } from "../Live.ts"
import { encodeInput } from "./inputs.ts"
import { type Decide, reopen } from "./reopen.ts"
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
        (found) => reopen(engine, found, "retry", by, decide(engine, found, request))
      ))
  })

/** Asked again now that nobody else can act on the run. */
const decide = (engine: Engine, { workflow }: Found, request: RetryRequest): Decide<RetryPlan> => (ledger) =>
  Effect.gen(function* () {
    const { id } = ledger.row
    const refused = refusal("retry", ledger.row, details(request)) ?? unknownNodes(ledger.nodes, request)
    if (refused !== undefined) return yield* refuse(id, "retry", refused)
    const plan = yield* resets(engine, { row: ledger.row, workflow }, ledger.nodes, request)
    const input = changedInput(engine, workflow, request)
    if (input instanceof InvalidInput) return yield* input
    return {
      event: { reset: plan.reset.map(({ path }) => path), ...input, ...modeIn(request) },
      answer: plan,
      ready: (live: LiveRun) => {
        live.readsAgain = request.cache === "use" || request.cache === "read"
      }
    }
  })

const modeIn = ({ cache }: RetryRequest): Pick<RetryRequest, "cache"> => cache === undefined ? {} : { cache }

const changedInput = (
  engine: Engine,
  workflow: AnyWorkflow,
  request: RetryRequest
): { readonly input?: Json } | InvalidInput => {
  if (!("input" in request)) return {}
  const text = encodeInput(engine, workflow, request.input)
  return text instanceof InvalidInput ? text : { input: JSON.parse(text) }
}
