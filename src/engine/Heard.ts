/** Who hears of the facts of runs, besides those who wait for something. */
import type { Write } from "../journal/Journal.ts"
import type { CustomMetrics } from "../metrics/CustomMetrics.ts"
import type { Table } from "../metrics/Table.ts"
import type { RunEvent } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import type { Telemetry } from "../trace/Telemetry.ts"

/** What is written together with facts about runs, for whoever is told of them elsewhere. */
export interface FactsTold {
  readonly writes: (
    row: RunRow,
    fact: RunEvent,
    place: { readonly at: number; readonly seq: number }
  ) => ReadonlyArray<Write>
  /** Called once such writes are durable. */
  readonly wake: () => void
}

/** Who hears of facts once they are durable; each is absent where nobody asks. */
export interface Heard {
  /** What is told to tracers. */
  readonly telemetry?: Telemetry | undefined
  /** Where facts are counted. */
  readonly table?: Table | undefined
  /** The metrics in it that definitions ask for. */
  readonly custom?: CustomMetrics | undefined
  /** Webhooks. */
  readonly outbox?: FactsTold | undefined
}
