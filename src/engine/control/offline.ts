/**
 * Commands to runs that nobody can execute, because their definition
 * is not known here: what is possible in the record alone.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal, type Verb } from "../../run/command.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { abandon } from "../life/abandon.ts"
import { byOf } from "../actor.ts"
import { deedWrites } from "../observe/audit.ts"
import type { Answer, CommandArgs } from "./Answer.ts"
import type { Engine } from "../Engine.ts"
import { asksOf } from "../observe/waits.ts"
import { standstill } from "../life/definitions.ts"
import type { Ledger } from "../Ledger.ts"
import { nothing } from "../node/NodeEnd.ts"
import { bareLedger, loadLedger } from "../life/loadLedger.ts"
import { cutRunsOf } from "../runs/endChildRuns.ts"

/** Stops, suspends, resumes or signals a claimed run in the record, and gives it back. */
export const offline = (
  engine: Engine,
  claimed: RunRow,
  verb: Verb,
  args: CommandArgs
): Effect.Effect<Answer, JournalError> =>
  Effect.gen(function* () {
    const { claims, drained, reads } = engine.host.journal
    // It may have been held just now.
    const row = (yield* reads.getRun(claimed.key)) ?? claimed
    const known = yield* loadLedger(engine, row)
    const ledger = typeof known === "string" ? yield* bareLedger(engine, row) : known
    const stands = yield* standstill(engine, row)
    const answer = typeof known === "string" && !isEnding(verb)
      ? { ok: false, message: `Cannot ${verb} run ${row.id}, which is held: ${known}` }
      : isVain(row, verb)
      ? vain(row, verb, stands)
      : (yield* unanswered(engine, ledger, verb, args)) ?? tried(ledger, row, verb, args, stands)
    yield* drained
    // Somebody who knows its workflow may have wanted it while it was held here.
    if (isTerminal(ledger.row.phase)) {
      // Nothing is recorded of a command to a run that is ended without its definition.
      const { id: run, workflow } = row
      const deed = deedWrites(engine.host, args.by, { did: verb, run, workflow })
      if (answer.ok && deed.length > 0) engine.host.journal.append(deed)
      engine.collectGarbage(ledger)
      engine.host.placements.recall(row.key)
      yield* cutRunsOf(engine.host, row.id)
    } else yield* claims.offer([row.key])
    return answer
  })

/** What a node asks for is in the record, so that an approval without a value is refused at once. */
const unanswered = (
  engine: Engine,
  { nodes, row }: Ledger,
  verb: Verb,
  { node: path = "", value = null }: CommandArgs
): Effect.Effect<Answer | undefined, JournalError> => {
  const node = nodes.get(path)
  if (verb !== "signal" || value !== null || node?.waiting !== "Signal") return Effect.succeed(undefined)
  return Effect.map(asksOf(engine, row, [node]), (all) => {
    const asks = all.get(path)
    if (asks === undefined || ["", "any value", "null"].some((form) => asks.value.split(" | ").includes(form))) {
      return undefined
    }
    const example = asks.example === undefined ? "" : `, such as ${JSON.stringify(asks.example)}`
    const message =
      `Cannot signal node "${path}" of run ${row.id} without a value: it waits for ${asks.value}${example}`
    return { ok: false, message }
  })
}

/** Nothing of a record has to be read to end it. */
const isEnding = (verb: Verb): boolean => verb === "stop" || verb === "terminate"

/** A held run does not go on, whatever is recorded of it. */
const isVain = ({ held }: RunRow, verb: Verb): boolean => held !== null && (verb === "resume" || verb === "signal")

/** Whoever asks it to go on has to know why it does not. */
const vain = (row: RunRow, verb: Verb, stands: string | undefined): Answer => ({
  ok: false,
  message: `Cannot ${verb} run ${row.id}${stands ?? ""}`
})

const tried = (
  ledger: Ledger,
  row: RunRow,
  verb: Verb,
  args: CommandArgs,
  stands: string | undefined
): Answer => {
  const refused = refusal(verb, row, { path: args.node, node: ledger.nodes.get(args.node ?? "") })
  const answer = refused === undefined ? record(ledger, row, verb, args) : { ok: false, message: refused }
  return answer.ok || isTerminal(row.phase) || stands === undefined ? answer : vain(row, verb, stands)
}

const record = (ledger: Ledger, row: RunRow, verb: Verb, args: CommandArgs): Answer => {
  if (verb === "terminate" && args.compensate === true && row.kind === "typed") return undoLater(ledger, row, args)
  if (verb === "terminate" || verb === "stop" && row.held !== null) return endNow(ledger, row, verb, args)
  if (verb === "stop") return stopLater(ledger, row, args)
  if (verb === "suspend" || verb === "resume") return mark(ledger, row, verb, args)
  if (verb === "signal" && args.node !== undefined && ledger.nodes.get(args.node)?.waiting === "Signal") {
    ledger.node(
      { type: "NodeSignalled", path: args.node, value: null, ...byOf(args.by) },
      JSON.stringify(args.value ?? nothing)
    )
    return { ok: true, message: `The value for node "${args.node}" is recorded; ${unchecked(row)}` }
  }
  return { ok: false, message: `Cannot ${verb} run ${row.id} here: its workflow "${row.workflow}" is not registered` }
}

const unchecked = ({ workflow }: RunRow): string =>
  `it is checked when a process that registers "${workflow}" opens the file`

const endNow = (ledger: Ledger, row: RunRow, verb: Verb, args: CommandArgs): Answer => {
  const reason = verb === "stop" ? "Stopped" : "Terminated"
  abandon(ledger, reason, args.message ?? reason)
  return {
    ok: true,
    message: `Run ${row.id} was ended without its exit handlers, because its definition is not known here`
  }
}

/** Its definition may be back in a moment, and then its exit handlers must run. */
const stopLater = (ledger: Ledger, row: RunRow, { by, message }: CommandArgs): Answer => {
  ledger.run({ type: "RunStopping", mode: "stop", ...(message === undefined ? {} : { message }), ...byOf(by) })
  return {
    ok: true,
    message:
      `Run ${row.id} will stop, exit handlers included, when a process that registers "${row.workflow}" opens the file; ` +
      "terminate it to end it now without them"
  }
}

/** Only its definition says how what it did is undone. */
const undoLater = (ledger: Ledger, row: RunRow, { by, message }: CommandArgs): Answer => {
  if (row.held !== null) {
    return { ok: false, message: `Cannot undo what run ${row.id} did: it is held. Terminate it without that` }
  }
  ledger.run({ type: "RunStopping", mode: "undo", ...(message === undefined ? {} : { message }), ...byOf(by) })
  return {
    ok: true,
    message: `Run ${row.id} will end, once what it did is undone, when a process that registers "${row.workflow}" ` +
      "opens the file; terminate it without that to end it now"
  }
}

const mark = (ledger: Ledger, row: RunRow, verb: "suspend" | "resume", { by }: CommandArgs): Answer => {
  ledger.run({ type: verb === "suspend" ? "RunSuspended" : "RunResumed", ...byOf(by) })
  return { ok: true, message: `Run ${row.id} is marked as ${verb === "suspend" ? "suspended" : "resumed"}` }
}
