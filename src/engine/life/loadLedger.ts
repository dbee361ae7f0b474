/** The record of a run in memory, as the journal has it. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { answered } from "../../journal/Reads.ts"
import { unreadableError } from "../../journal/refusals.ts"
import { isDamaged } from "../../journal/stored.ts"
import { asEvent } from "../../run/eventSchema.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import type { Ending, Event, Recorded } from "../../run/Event.ts"
import { isKept } from "../../run/early.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { hookAt } from "../node/followers.ts"
import { definitionOf } from "./definitions.ts"
import type { Engine } from "../Engine.ts"
import { Ledger } from "../Ledger.ts"
import { tellOn } from "./telling.ts"

/** The record of a run as the journal has it, with the payloads that going on needs; or why it cannot be read. */
export const loadLedger = (engine: Engine, row: RunRow): Effect.Effect<Ledger | string, JournalError> =>
  isDamaged(row) ? Effect.succeed(row.held!) : Effect.catch(
    loaded(engine, row),
    (error) => error.concernsOneRun ? Effect.succeed(error.message) : Effect.fail(error)
  )

const loaded = (engine: Engine, row: RunRow): Effect.Effect<Ledger, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const ledger = yield* bareLedger(engine, row)
    for (const node of yield* reads.nodes(row.key)) ledger.nodes.set(node.path, node)
    const events = yield* reads.events(row.key, 0)
    yield* answered(() => loadPayloads(ledger, events))
    tellOn(engine.host, ledger, events)
    return ledger
  })

/** The record without what has happened in it: enough to hold the run, or to end it. */
export const bareLedger = (engine: Engine, row: RunRow): Effect.Effect<Ledger, JournalError> =>
  Effect.gen(function* () {
    const { journal, limits, now } = engine.host
    const owned = { ...row, owner: row.owner ?? journal.process }
    const ledger = new Ledger(journal, now, owned, yield* journal.reads.lastSeq(row.key), limits)
    ledger.onLost = engine.host.onLost
    ledger.outbox = engine.host.outbox
    const workflow = yield* definitionOf(engine, row)
    const own = typeof workflow === "string" ? undefined : workflow.retention
    ledger.retention = own ?? engine.host.artifacts.retention
    return ledger
  })

const loadPayloads = (ledger: Ledger, events: ReadonlyArray<Recorded>): void => {
  const wanted = new Set<number>([ledger.row.inputSeq])
  for (const node of ledger.nodes.values()) {
    if (isTerminal(node.phase)) wanted.add(node.resultSeq)
    else wanted.add(node.inputSeq)
    // Of one that has ended, too: whoever signals it again is told whether it was the same value.
    wanted.add(node.signalSeq)
    if (isKept(node)) ledger.keepsEarly = true
    if (node.kind === "run") ledger.startsRuns = true
  }
  for (const { at, event, run, seq } of events) {
    if (event.type === "RunCreated") ledger.rule = event.rule
    if (event.type === "MetricsEmitted") ledger.emitted.add(event.of)
    if (!("path" in event)) ledger.forget(event)
    if (event.type === "RunStarted" || event.type === "RunLeft") ledger.wasLeft = event.type === "RunLeft"
    if ("path" in event) ledger.deaths = 0
    else if (event.type === "RunStarted") ledger.deaths++
    else if (event.type === "RunLeft") ledger.deaths = Math.max(0, ledger.deaths - 1)
    if (event.type === "AttemptFailed") keepAttempt(ledger, { run, seq, at, event }, event)
    if (!wanted.delete(seq)) continue
    refuseUndecoded(ledger.row.id, seq, event)
    if ("shows" in event) ledger.texts.set(seq, JSON.stringify(event.shows))
    else if ("input" in event) ledger.texts.set(seq, JSON.stringify(event.input))
    if ("value" in event) ledger.texts.set(seq, JSON.stringify(event.value))
    if ("ending" in event) keepEnding(ledger, seq, event.ending)
  }
  wanted.delete(0)
  const [missing] = wanted
  if (missing !== undefined) throw unreadableError(`event ${missing} of run "${ledger.row.id}"`, "it is missing")
}

/** What is read must be what was written; a value that is missing or cut must not be taken for none. */
const refuseUndecoded = (run: string, seq: number, event: Event): void => {
  try {
    asEvent(event)
  } catch (error) {
    throw unreadableError(`event ${seq} of run "${run}"`, errorWords(encodeThrown(error)))
  }
}

type AttemptFailed = Extract<Event, { readonly type: "AttemptFailed" }>

/** Failed attempts of a node that goes on, and those whose hook does although the node has ended since. */
const keepAttempt = (ledger: Ledger, recorded: Recorded, { attempt, path }: AttemptFailed): void => {
  const [node, hook] = [ledger.nodes.get(path), ledger.nodes.get(hookAt(path, "retrying", attempt))]
  const isOver = isTerminal(node?.phase ?? "Succeeded") && isTerminal(hook?.phase ?? "Succeeded")
  if (node === undefined || isOver) return
  ledger.attempts.set(path, [...ledger.attempts.get(path) ?? [], recorded])
}

const keepEnding = (ledger: Ledger, seq: number, ending: Ending): void => {
  if (ending.phase === "Succeeded") ledger.texts.set(seq, JSON.stringify(ending.output ?? null))
  else ledger.failures.set(seq, ending)
}
