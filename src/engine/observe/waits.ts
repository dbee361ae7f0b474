/**
 * What a node that waits for a person or an instant waits for, in words; what it asks for was recorded when it began.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Event, Json } from "../../run/Event.ts"
import { asksPerson } from "../../run/asksPerson.ts"
import { childRunId } from "../../run/childRun.ts"
import { isTerminal } from "../../run/Phase.ts"
import { type Debounced, startSpace } from "../../run/starting.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { instantText } from "../../run/instant.ts"
import type { Engine } from "../Engine.ts"
import type { Asks } from "../node/asks.ts"

/** Why a node waits, or `undefined` when it is not waiting for a signal or a time. */
export const pendingWait = (node: NodeRow, asks: Asks | undefined, now: number): string | undefined => {
  const value = asks === undefined || asks.value === "" ? "" : ` with ${asks.value}`
  if (node.waiting === "Signal") return `it waits for a signal${value}`
  if (node.waiting !== "Timer") return undefined
  const until = `until ${instantText(node.until, now)}`
  if (!asksPerson(asks)) return `it waits ${until}`
  const then = asks.default === undefined ? "goes on without" : `takes its default ${JSON.stringify(asks.default)}`
  return `it waits for a signal${value} ${until}, then ${then}`
}

/** Why a run that has not begun waits by the start policies of its workflow. */
export const notDue = (engine: Engine, { id, key, phase }: RunRow): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    if (phase !== "Pending") return undefined
    const { journal: { reads }, now } = engine.host
    const [first] = yield* reads.events(key, 0, 1)
    const rule = first?.event.type === "RunCreated" ? first.event.rule : undefined
    if ((rule?.after ?? 0) > now()) return `it waits for its turn (throttle) until ${instantText(rule!.after!, now())}`
    const cell = rule?.debounce === undefined ? undefined : yield* reads.cell(startSpace, rule.debounce)
    const debounced = cell === undefined ? undefined : JSON.parse(cell.data) as Debounced
    if (debounced?.run !== id) return undefined
    return `it waits for further starts (debounce) until ${instantText(debounced.due, now())}`
  })

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
      const asked = asksIn(recorded?.event)
      if (asked !== undefined) asks.set(path, asked)
    }
    return asks
  })

/** What the node asks for of whose beginning this event tells. */
export const asksIn = (event: Event | undefined): Asks | undefined => {
  const input = event !== undefined && "input" in event ? event.input : undefined
  return isAsks(input) ? input.asks : undefined
}

const isAsks = (input: Json | undefined): input is Json & { readonly asks: Asks } =>
  typeof input === "object" && input !== null && "asks" in input && typeof input.asks === "object" &&
  input.asks !== null && "value" in input.asks

/** The runs that the nodes of a run wait for, by their paths. */
export const runsAwaited = (
  engine: Engine,
  { id, key }: RunRow,
  nodes: Iterable<NodeRow>
): Effect.Effect<ReadonlyMap<string, string>, JournalError> =>
  Effect.gen(function* () {
    const runs = new Map<string, string>()
    for (const node of nodes) {
      if (isTerminal(node.phase) || node.waiting !== "Run") continue
      const [recorded] = yield* engine.host.journal.reads.events(key, node.inputSeq - 1, 1)
      const event = recorded?.event
      const input = event !== undefined && "input" in event ? event.input : undefined
      const named = typeof input === "object" && input !== null && "run" in input ? String(input.run) : undefined
      runs.set(node.path, named ?? childRunId(id, node.path, node))
    }
    return runs
  })
