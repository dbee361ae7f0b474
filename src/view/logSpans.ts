/** The spans that lines of a log were written in. Pure. */
import type { Recorded } from "../run/Event.ts"
import type { LogView } from "../run/view.ts"
import { spansFrom } from "../trace/RunSpans.ts"
import type { SpanContext } from "../trace/traceparent.ts"

/** Finds the span of each line of a run, asked in the order in which they were written. */
export const logSpans = (
  id: string,
  events: ReadonlyArray<Recorded>
): (line: Pick<LogView, "at" | "path">) => SpanContext | undefined => {
  const spans = spansFrom(id, events[0])
  let next = 0
  return ({ at, path }) => {
    for (; next < events.length && events[next]!.at <= at; next++) spans?.take(events[next]!)
    return spans?.contextOf(path)
  }
}
