/** The app's own functions, told of facts once they are durable: at most once, and without an effect on runs. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Event } from "../../run/Event.ts"
import { heardOutside } from "../../workflow/heardOutside.ts"
import type { EndedRun, Hooks } from "../Heard.ts"
import type { Ledger } from "../Ledger.ts"
import type { Host } from "../Live.ts"
import { asksPerson } from "../../run/asksPerson.ts"
import { asksIn } from "../observe/waits.ts"

/** Whether a fact is told to them. */
export const isHooked = (hooks: Hooks | undefined, event: Event): boolean =>
  event.type === "RunFinished" && hooks?.onEnded !== undefined ||
  event.type === "NodeWaiting" && hooks?.onWaiting !== undefined &&
    (event.waiting === "Signal" || event.waiting === "Timer")

/** Tells a fact. */
export const hook = (host: Host, ledger: Ledger, event: Event): void => {
  const { onEnded, onWaiting } = host.hooks ?? {}
  const { id: run, workflow } = ledger.row
  if (event.type === "RunFinished" && onEnded !== undefined) {
    const { output: _, cause: __, ...how } = event.ending
    const ended = { run, workflow, ...how } as EndedRun
    heardOutside(() => onEnded(ended))
  }
  if (event.type !== "NodeWaiting" || onWaiting === undefined) return
  const { path: node, until } = event
  host.react(Effect.map(askedBy(host, ledger, node), (asks) => {
    if (event.waiting === "Timer" && !asksPerson(asks)) return
    const asking = { run, workflow, node, ...until === undefined ? {} : { until }, ...asks && { asks } }
    heardOutside(() => onWaiting(asking))
  }))
}

const askedBy = (
  { journal }: Host,
  { nodes, row }: Ledger,
  path: string
): Effect.Effect<ReturnType<typeof asksIn>, JournalError> => {
  const { inputSeq = 0 } = nodes.get(path) ?? {}
  if (inputSeq === 0) return Effect.succeed(undefined)
  return Effect.map(journal.reads.events(row.key, inputSeq - 1, 1), ([recorded]) => asksIn(recorded?.event))
}
