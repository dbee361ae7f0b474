/**
 * What a node that waits for a person or an instant waits for, in words; what it asks for was recorded when it began.
 */
import type { Json } from "../../run/Event.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { instantText } from "../../run/instant.ts"
import type { Engine } from "../Engine.ts"
import type { Asks } from "../node/asks.ts"

/** Why a node waits, or `undefined` when it is not waiting for a signal or a time. */
export const pendingWait = (engine: Engine, run: RunRow, node: NodeRow): string | undefined => {
  const asks = asksAt(engine, run, node)
  const value = asks === undefined || asks.value === "" ? "" : ` with ${asks.value}`
  if (node.waiting === "Signal") return `it waits for a signal${value}`
  if (node.waiting !== "Timer") return undefined
  if (asks === undefined || asks.default === undefined) {
    return `it waits until ${instantText(node.until, engine.host.now())}`
  }
  return `it waits for a signal${value} until ${instantText(node.until, engine.host.now())}, then takes its default ${
    JSON.stringify(asks.default)
  }`
}

/** What a waiting node asks for; `undefined` where that was not recorded. */
export const asksAt = (engine: Engine, { key }: RunRow, { inputSeq }: NodeRow): Asks | undefined => {
  const event = inputSeq === 0 ? undefined : engine.host.journal.events(key, inputSeq - 1, 1)[0]?.event
  const input = event !== undefined && "input" in event ? event.input : undefined
  return isAsks(input) ? input.asks : undefined
}

const isAsks = (input: Json | undefined): input is Json & { readonly asks: Asks } =>
  typeof input === "object" && input !== null && "asks" in input && typeof input.asks === "object" &&
  input.asks !== null && "value" in input.asks
