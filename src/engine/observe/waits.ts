/**
 * What a node that waits for a person or an instant waits for, in words; what it asks for was recorded when it began.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Json } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { instantText } from "../../run/instant.ts"
import type { Engine } from "../Engine.ts"
import type { Asks } from "../node/asks.ts"

/** Why a node waits, or `undefined` when it is not waiting for a signal or a time. */
export const pendingWait = (node: NodeRow, asks: Asks | undefined, now: number): string | undefined => {
  const value = asks === undefined || asks.value === "" ? "" : ` with ${asks.value}`
  if (node.waiting === "Signal") return `it waits for a signal${value}`
  if (node.waiting !== "Timer") return undefined
  if (asks === undefined || asks.default === undefined) {
    return `it waits until ${instantText(node.until, now)}`
  }
  return `it waits for a signal${value} until ${instantText(node.until, now)}, then takes its default ${
    JSON.stringify(asks.default)
  }`
}

/** What the nodes of a run that wait for a person or an instant ask for, by their paths, where that was recorded. */
export const asksOf = (
  engine: Engine,
  { key }: RunRow,
  nodes: Iterable<NodeRow>
): Effect.Effect<ReadonlyMap<string, Asks>, JournalError> =>
  Effect.gen(function* () {
    const asks = new Map<string, Asks>()
    for (const { inputSeq, path, phase, waiting } of nodes) {
      if (isTerminal(phase) || inputSeq === 0 || waiting !== "Signal" && waiting !== "Timer") continue
      const [recorded] = yield* engine.host.journal.reads.events(key, inputSeq - 1, 1)
      const event = recorded?.event
      const input = event !== undefined && "input" in event ? event.input : undefined
      if (isAsks(input)) asks.set(path, input.asks)
    }
    return asks
  })

const isAsks = (input: Json | undefined): input is Json & { readonly asks: Asks } =>
  typeof input === "object" && input !== null && "asks" in input && typeof input.asks === "object" &&
  input.asks !== null && "value" in input.asks
