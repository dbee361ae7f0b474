/** Tells tracers of a run as it goes on: the fold of its facts hangs at its record. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Recorded } from "../../run/Event.ts"
import { RunSpans, spansFrom, spansOf } from "../../trace/RunSpans.ts"
import type { Ledger } from "../Ledger.ts"
import type { Host } from "../Live.ts"
import type { Tracing } from "./tracing.ts"

/** Tells of a new run from here on; where nobody traces, nothing is kept of it. */
export const traceNew = (host: Host, ledger: Ledger, tracing: Tracing | undefined): void => {
  ledger.tracing = tracing
  if (host.telemetry === undefined || tracing === undefined) return
  const { createdAt, id: run, labels, origin, priority, workflow } = ledger.row
  const from = origin === null ? {} : { origin: { run: origin, how: "resubmit" } }
  tell(host, ledger, new RunSpans({ run, workflow, labels, priority, createdAt, trace: tracing.trace, ...from }))
}

/** Goes on telling of a run whose record is read: what ended before was told by whoever recorded it. */
export const traceOn = (host: Host, ledger: Ledger, events: ReadonlyArray<Recorded>): void => {
  const created = events[0]?.event
  if (created?.type === "RunCreated" && created.trace !== undefined) ledger.tracing = { trace: created.trace }
  if (host.telemetry === undefined) return
  const spans = spansFrom(ledger.row.id, events[0])
  if (spans === undefined) return
  for (const recorded of events) spans.take(recorded)
  tell(host, ledger, spans)
}

const tell = (host: Host, ledger: Ledger, spans: RunSpans): void => {
  ledger.spans = spans
  ledger.told = (recorded) => {
    const ended = spans.take(recorded)
    if (spans.isSampled) host.telemetry?.emit(ended)
    else if (hasFailed(recorded) && host.telemetry?.tellsFailed === true) host.react(tellWhole(host, ledger))
  }
}

const hasFailed = ({ event }: Recorded): boolean => event.type === "RunFinished" && event.ending.phase !== "Succeeded"

/** A run that failed is told from its record, though it was not chosen. */
const tellWhole = ({ journal, telemetry }: Host, { row }: Ledger): Effect.Effect<void, JournalError> =>
  Effect.map(journal.reads.events(row.key, 0), (events) => telemetry?.emit(spansOf(row.id, events)))
