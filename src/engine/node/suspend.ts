/**
 * Nodes that wait: for a signal with a typed value, or for an
 * instant. The wait is in the journal and goes on after a restart.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { NodeDef, SuspendDef } from "../../workflow/Definition.ts"
import { asksOf } from "./asks.ts"
import { mismatch } from "./mismatch.ts"
import { errored, type NodeEnd, nothing, succeeded } from "./NodeEnd.ts"
import { fromText, returned } from "./value.ts"
import type { LiveNode, Work } from "../Live.ts"

/** The ending that a value as JSON text means; none when the node waits on with it. */
export type Decide = (text: string) => NodeEnd | undefined

/**
 * The work of a suspend node. What it was given is recorded before anything else can end its wait, so that value is how
 * it ends: not the timer, a timeout or a stop that comes a moment later.
 */
export const suspendWork = (
  def: NodeDef,
  suspend: SuspendDef,
  path: string,
  decide: Decide = (text) => recordedValue(suspend, text)
): Work => ({
  text: JSON.stringify({ asks: asksOf(def, suspend) }),
  heed: (live) => heed(live, suspend, path, decide),
  attempt: (live) =>
    Effect.suspend(() => {
      heed(live, suspend, path, decide)
      refuseMisfit(live, suspend, path)
      const text = givenText(live, path)
      if (text !== undefined) return Effect.succeed(recordedValue(suspend, text))
      // Whoever sees that it waits has its value checked, also in the instant before it listens.
      live.run.signals.set(path, { output: suspend.output, wake: () => {} })
      if (live.run.ledger.nodes.get(path)!.waiting === null) announce(live, suspend, path)
      const signal = signalled(live, suspend, path)
      return suspend.duration === Infinity ? signal : Effect.raceFirst(signal, timer(live, def, suspend, path))
    })
})

/** A value counts from the moment at which the node begins, also while its beginning is not durable yet. */
const heed = (live: LiveNode, suspend: SuspendDef, path: string, decide: Decide): void => {
  live.decided = () => {
    const text = live.run.ledger.begun(path) ? givenText(live, path) : undefined
    return text === undefined || misfitOf(live, suspend, path) !== undefined ? undefined : decide(text)
  }
}

/** The value that the record has for a node, as JSON text. */
const givenText = ({ run: { ledger } }: LiveNode, path: string): string | undefined => {
  const { signalSeq } = ledger.nodes.get(path)!
  return signalSeq === 0 ? undefined : ledger.texts.get(signalSeq) ?? nothing
}

/** A value that came while nobody here knew the definition is checked now. */
const recordedValue = ({ output }: SuspendDef, text: string): NodeEnd => {
  try {
    fromText(output, text)
    return succeeded(text)
  } catch (error) {
    return errored("BadOutput", error, "The value it was given does not match its schema")
  }
}

/** A value that came before the node waited, and that could not be checked then, may not be what it waits for. */
const misfitOf = (live: LiveNode, suspend: SuspendDef, path: string): string | undefined => {
  const { inputSeq, signalSeq } = live.run.ledger.nodes.get(path)!
  if (signalSeq === 0 || live.resumed && signalSeq > inputSeq) return undefined
  return mismatch(suspend.output, path, givenText(live, path)!)
}

const refuseMisfit = (live: LiveNode, suspend: SuspendDef, path: string): void => {
  const misfit = misfitOf(live, suspend, path)
  if (misfit !== undefined) announce(live, suspend, path, misfit)
}

const announce = (live: LiveNode, suspend: SuspendDef, path: string, refused?: string): void => {
  const forever = suspend.duration === Infinity
  const until = live.run.host.now() + suspend.duration
  live.run.ledger.node({
    type: "NodeWaiting",
    path,
    waiting: forever ? "Signal" : "Timer",
    ...(forever ? {} : { until }),
    ...(refused === undefined ? {} : { refused })
  })
}

const signalled = (live: LiveNode, suspend: SuspendDef, path: string): Effect.Effect<NodeEnd> =>
  Effect.callback<NodeEnd>((resume) => {
    const { signals } = live.run
    const wake = (text: string) => resume(Effect.succeed(recordedValue(suspend, text)))
    // It may have come between the announcement and now.
    const text = givenText(live, path)
    if (text !== undefined) return wake(text)
    signals.set(path, { output: suspend.output, wake })
    return Effect.sync(() => {
      signals.delete(path)
    })
  })

/** Once the clock was set back, a wait is still no longer than it was meant to be. */
const timer = (live: LiveNode, def: NodeDef, suspend: SuspendDef, path: string): Effect.Effect<NodeEnd> => {
  const until = live.run.ledger.nodes.get(path)!.until
  const delay = Math.min(suspend.duration, Math.max(0, until - live.run.host.now()))
  return Effect.map(
    Effect.sleep(Duration.millis(delay)),
    () => live.decided?.() ?? returned(suspend.output, def.fallback?.value)
  )
}
