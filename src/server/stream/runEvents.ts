/** The events of one run as server-sent events: for `curl -N`, and for whatever reads such streams. */
import type { RunRow } from "../../run/State.ts"
import { isTerminal } from "../../run/Phase.ts"
import { attention, getRun, isGone, lastSeq } from "../reads.ts"
import type { Site } from "../Site.ts"
import type { EventPage } from "./EventPages.ts"
import { liveStream, type Source } from "./liveStream.ts"

/** An answer that carries the events of a run after a number, then live ones, until the run has ended. */
export const runEvents = (site: Site, signal: AbortSignal, run: RunRow["key"], after: number): Response => {
  const source = eventsOf(site, run, after)
  const stream = liveStream(site.streams, signal, source, {
    beat: () => ":\n\n",
    farewell: "event: closed\ndata: {}\n\n"
  })
  return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } })
}

const eventsOf = ({ pages, pinnace: { engine } }: Site, run: RunRow["key"], after: number): Source => {
  let seq = after
  let isTold = false
  return {
    take: async () => {
      const page = isGone(engine) ? undefined : await pages.after(run, seq)
      if (page !== undefined) {
        seq = page.seq
        return page.events.map((data, at) => framed(data, page.names[at]!)).join("")
      }
      if (isTold || !await isAtEnd()) return undefined
      isTold = true
      return "event: end\ndata: {}\n\n"
    },
    isOver: async () => isTold || isGone(engine),
    listen: (wake) => attention(engine, [run], wake)
  }
  async function isAtEnd(): Promise<boolean> {
    if (isGone(engine)) return false
    const row = await getRun(engine, run)
    return row === undefined || isTerminal(row.phase) && await lastSeq(engine, run) <= seq
  }
}

const framed = (data: string, { seq, type }: EventPage["names"][number]): string =>
  `event: ${type}\nid: ${seq}\ndata: ${data}\n\n`
