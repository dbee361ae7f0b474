/** The record of a run in memory, as the journal has it. */
import type { Ending } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { definitionOf } from "./definitions.ts"
import type { Engine } from "../Engine.ts"
import { Ledger } from "../Ledger.ts"
import { tracingOf } from "./tracing.ts"

/** The record of a run as the journal has it, with the payloads that going on needs. */
export const loadLedger = (engine: Engine, row: RunRow): Ledger => {
  const { journal, limits, now } = engine.host
  const owned = { ...row, owner: journal.process }
  const ledger = new Ledger(journal, now, owned, journal.lastSeq(row.key), limits)
  ledger.onLost = engine.host.onLost
  const workflow = definitionOf(engine, row)
  const own = typeof workflow === "string" ? undefined : workflow.retention
  ledger.retention = own ?? engine.host.artifacts.retention
  for (const node of journal.nodes(row.key)) ledger.nodes.set(node.path, node)
  loadPayloads(engine, ledger)
  return ledger
}

const loadPayloads = (engine: Engine, ledger: Ledger): void => {
  const wanted = new Set<number>([ledger.row.inputSeq])
  for (const node of ledger.nodes.values()) {
    if (isTerminal(node.phase)) wanted.add(node.resultSeq)
    else wanted.add(node.inputSeq).add(node.signalSeq)
  }
  for (const { event, seq } of engine.host.journal.events(ledger.row.key, 0)) {
    if (event.type === "RunCreated") ledger.tracing = tracingOf(event.trace)
    if (event.type === "RunStarted" || event.type === "RunLeft") ledger.wasLeft = event.type === "RunLeft"
    if (!wanted.has(seq)) continue
    if ("input" in event) ledger.texts.set(seq, JSON.stringify(event.input))
    if ("value" in event) ledger.texts.set(seq, JSON.stringify(event.value))
    if ("ending" in event) keepEnding(ledger, seq, event.ending)
  }
}

const keepEnding = (ledger: Ledger, seq: number, ending: Ending): void => {
  if (ending.phase === "Succeeded") ledger.texts.set(seq, JSON.stringify(ending.output ?? null))
  else ledger.failures.set(seq, ending)
}
