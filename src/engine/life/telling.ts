/** Tells tracers and metrics of a run as it goes on: what folds its facts hangs at its record. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { RunMeter } from "../../metrics/RunMeter.ts"
import type { Recorded } from "../../run/Event.ts"
import { RunSpans, spansFrom, spansOf } from "../../trace/RunSpans.ts"
import type { NodeRow } from "../../run/State.ts"
import type { Ledger } from "../Ledger.ts"
import type { Host } from "../Live.ts"
import type { Seed } from "./creation.ts"
import { hook, isHooked } from "./hooks.ts"
import { Untold } from "./Untold.ts"

/** Tells of a new run from here on; where nobody asks, nothing is kept of it. */
export const tellNew = (host: Host, ledger: Ledger, { origin, tracing }: Pick<Seed, "origin" | "tracing">): void => {
  ledger.tracing = tracing
  if (host.telemetry !== undefined && tracing !== undefined) {
    const { createdAt, id: run, labels, priority, workflow } = ledger.row
    const from = origin === undefined ? {} : { origin }
    ledger.spans = new RunSpans({ run, workflow, labels, priority, createdAt, trace: tracing.trace, ...from })
  }
  ledger.told = listening(host, ledger, false)
}

/** A new run is stored: whoever started it sees in its own trace that it is there. */
export const tellCreated = ({ telemetry }: Host, { spans }: Ledger): void => {
  if (spans?.isSampled === true) telemetry?.emit(spans.begun())
}

/** Goes on telling of a run whose record is read: what ended before was told by whoever recorded it. */
export const tellOn = (host: Host, ledger: Ledger, events: ReadonlyArray<Recorded>): void => {
  const created = events[0]?.event
  if (created?.type === "RunCreated" && created.trace !== undefined) ledger.tracing = { trace: created.trace }
  if (host.telemetry !== undefined) {
    ledger.spans = spansFrom(ledger.row.id, events[0])
    for (const recorded of events) ledger.spans?.take(recorded)
  }
  ledger.told = listening(host, ledger, events.some(({ event }) => event.type === "RunStarted"))
}

/**
 * A worker of a pool, which has one body of the run, goes on in the trace of that: what the body tells of lies beneath
 * the span that the owner of the run tells.
 */
export const joinTrace = (host: Host, ledger: Ledger, first: Recorded | undefined, node: NodeRow): void => {
  const created = first?.event
  if (created?.type === "RunCreated" && created.trace !== undefined) ledger.tracing = { trace: created.trace }
  if (host.telemetry === undefined) return
  const { row: { epoch, id } } = ledger
  const { attempt, kind, path, reruns: rerun, startedAt: at } = node
  ledger.spans = spansFrom(id, first)
  if (epoch > 1) ledger.spans?.take({ at, event: { type: "RunRetried", epoch, reset: [] } })
  ledger.spans?.take({ at, event: { type: "NodeStarted", path, kind, input: null } })
  if (attempt > 1 || rerun > 0) ledger.spans?.take({ at, event: { type: "AttemptStarted", path, attempt, rerun } })
}

/** Who hears of each fact of a run once it is durable. */
const listening = (host: Host, ledger: Ledger, hasBegun: boolean): Ledger["told"] => {
  const { spans } = ledger
  const meter = host.numbers && new RunMeter(host.numbers, ledger, hasBegun)
  ledger.meter = meter
  ledger.hears = hearing(host, meter, spans)
  if (spans === undefined && meter === undefined && host.hooks === undefined) return undefined
  return new Untold(ledger.row.id, (recorded) => {
    meter?.take(recorded)
    if (spans !== undefined) traced(host, ledger, spans, recorded)
    if (isHooked(host.hooks, recorded.event)) hook(host, ledger, recorded.event)
  })
}

const traced = (host: Host, ledger: Ledger, spans: RunSpans, recorded: Recorded): void => {
  if (spans.isSampled) return host.telemetry?.emit(spans.take(recorded))
  spans.follow(recorded)
  if (hasFailed(recorded) && host.telemetry?.tellsFailed === true) {
    host.react(tellWhole(host, ledger, spans.context.traceId))
  }
}

const nothing: Ledger["hears"] = () => false

/** Which facts are kept until they are durable. Whether anybody asks is decided once for a run. */
const hearing = (host: Host, meter: RunMeter | undefined, spans: RunSpans | undefined): Ledger["hears"] => {
  if (spans?.isSampled === true) return () => true
  const { hooks } = host
  const all: Array<Ledger["hears"]> = []
  if (meter !== undefined) all.push((fact) => !("path" in fact))
  if (spans !== undefined) all.push((fact) => spans.heeds(fact))
  if (hooks !== undefined) all.push((fact) => isHooked(hooks, fact))
  const [only = nothing] = all
  return all.length < 2 ? only : (fact) => all.map((hears) => hears(fact)).includes(true)
}

const hasFailed = ({ event }: Recorded): boolean => event.type === "RunFinished" && event.ending.phase !== "Succeeded"

/** A run that failed is told from its record, though it was not chosen: the epoch that failed, not those before. */
const tellWhole = ({ journal, telemetry }: Host, { row }: Ledger, traceId: string): Effect.Effect<void, JournalError> =>
  Effect.map(
    journal.reads.events(row.key, 0),
    (events) => telemetry?.emit(spansOf(row.id, events).filter((span) => span.traceId === traceId))
  )
