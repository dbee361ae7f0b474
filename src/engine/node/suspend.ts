/** Nodes that wait: for a signal with a typed value, or for an instant. The wait is in the journal and goes on after a restart. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { NodeDef, SuspendDef } from "../../workflow/Definition.ts"
import { errored, type NodeEnd, nothing, succeeded } from "./NodeEnd.ts"
import { fromText, returned } from "./value.ts"
import type { LiveNode, Work } from "../Live.ts"

/** The work of a suspend node. */
export const suspendWork = (def: NodeDef, suspend: SuspendDef, path: string): Work => ({
  text: nothing,
  attempt: (live) =>
    Effect.suspend(() => {
      const { ledger } = live.run
      const row = ledger.nodes.get(path)!
      if (row.signalSeq > 0) {
        return Effect.succeed(recordedValue(suspend, ledger.texts.get(row.signalSeq) ?? nothing, path))
      }
      if (row.waiting === null) announce(live, suspend, path)
      return Effect.raceFirst(signalled(live, suspend, path), timer(live, def, suspend, path))
    })
})

/** A value that came while nobody here knew the definition is checked now. */
const recordedValue = ({ output }: SuspendDef, text: string, path: string): NodeEnd => {
  try {
    fromText(output, text)
    return succeeded(text)
  } catch (error) {
    return errored("BadOutput", error, `The value that node "${path}" was given does not match its schema`)
  }
}

const announce = (live: LiveNode, suspend: SuspendDef, path: string): void => {
  const forever = suspend.duration === Infinity
  const until = live.run.host.now() + suspend.duration
  live.run.ledger.node({
    type: "NodeWaiting",
    path,
    waiting: forever ? "Signal" : "Timer",
    ...(forever ? {} : { until })
  })
}

const signalled = (live: LiveNode, suspend: SuspendDef, path: string): Effect.Effect<NodeEnd> =>
  Effect.callback<NodeEnd>((resume) => {
    const { ledger, signals } = live.run
    // It may have come between the announcement and now.
    const { signalSeq } = ledger.nodes.get(path)!
    if (signalSeq > 0) {
      return resume(Effect.succeed(recordedValue(suspend, ledger.texts.get(signalSeq) ?? nothing, path)))
    }
    signals.set(path, (text) => resume(Effect.succeed(succeeded(text))))
    return Effect.sync(() => {
      signals.delete(path)
    })
  })

const timer = (live: LiveNode, def: NodeDef, suspend: SuspendDef, path: string): Effect.Effect<NodeEnd> => {
  if (suspend.duration === Infinity) return Effect.never
  const until = live.run.ledger.nodes.get(path)!.until
  const delay = Duration.millis(Math.max(0, until - live.run.host.now()))
  return Effect.map(Effect.sleep(delay), () => returned(suspend.output, def.fallback?.value, path))
}
