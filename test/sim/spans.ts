/**
 * What tracers are told in a seed, compared with what the record says: T1 a span lies beneath one of its trace, T2 none
 * is told twice, T3 a child lies within its parent, T6 what was told is what the fold of the stored events gives.
 */
import type { EngineOptions } from "../../src/embed/makeEngine.ts"
import type { Disk } from "../../src/journal/Disk.ts"
import { readEvents } from "../../src/journal/diskReads.ts"
import { spansOf } from "../../src/trace/RunSpans.ts"
import type { SpanRecord } from "../../src/trace/SpanRecord.ts"

const idOf = ({ spanId, traceId }: SpanRecord): string => `${traceId}/${spanId}`

/** The spans of one seed. */
export class Told {
  readonly #spans: Array<SpanRecord> = []
  /** What processes are opened with. */
  readonly options: EngineOptions = { telemetry: { spans: { emit: (spans) => void this.#spans.push(...spans) } } }

  /** What is wrong with them; `isWhole`: no process died, so that nothing may be missing. */
  faults(disk: Disk, isWhole: boolean, clockIsKept: boolean): ReadonlyArray<string> {
    const stored = [...disk.runs.values()].flatMap(({ id, key }) => spansOf(id, readEvents(disk, key, 0)))
    return [...this.#lost(stored, isWhole), ...loose(stored), ...clockIsKept ? outside(stored) : []]
  }

  #lost(stored: ReadonlyArray<SpanRecord>, isWhole: boolean): ReadonlyArray<string> {
    const known = new Map(stored.map((span) => [idOf(span), JSON.stringify(span)]))
    const told = new Set(this.#spans.map(idOf))
    return [
      ...told.size === this.#spans.length ? [] : ["T2 a span was told twice"],
      ...known.size === stored.length ? [] : ["T2 two spans have one id"],
      ...this.#spans.filter((span) => known.get(idOf(span)) !== JSON.stringify(span))
        .map((span) => `T6 told: ${JSON.stringify(span)}, stored: ${known.get(idOf(span))}`),
      ...isWhole ? stored.filter((span) => !told.has(idOf(span))).map(({ name }) => `T6 "${name}" was not told`) : []
    ]
  }
}

const loose = (spans: ReadonlyArray<SpanRecord>): ReadonlyArray<string> => {
  const known = new Set(spans.map(idOf))
  return spans.filter(({ parentSpanId, traceId }) =>
    parentSpanId !== undefined && !known.has(`${traceId}/${parentSpanId}`)
  ).map(({ attributes, name }) => `T1 "${name}" (${attributes["pinnace.node.path"]}) has no parent`)
}

const outside = (spans: ReadonlyArray<SpanRecord>): ReadonlyArray<string> => {
  const known = new Map(spans.map((span) => [idOf(span), span]))
  return spans.flatMap((span) => {
    const parent = known.get(`${span.traceId}/${span.parentSpanId}`)
    if (parent === undefined || parent.kind === "producer") return []
    if (parent.startedAt <= span.startedAt && span.endedAt <= parent.endedAt) return []
    return [
      `T3 "${span.name}" ${span.startedAt}-${span.endedAt} lies outside "${parent.name}" ${parent.startedAt}-${parent.endedAt}`
    ]
  })
}
