/** Who hears of the facts of runs, besides those who wait for something. */
import type { CustomMetrics } from "../metrics/CustomMetrics.ts"
import type { Table } from "../metrics/Table.ts"
import type { Telemetry } from "../trace/Telemetry.ts"

/** Who hears of facts once they are durable; each is absent where nobody asks. */
export interface Heard {
  /** What is told to tracers. */
  readonly telemetry?: Telemetry | undefined
  /** Where facts are counted. */
  readonly table?: Table | undefined
  /** The metrics in it that definitions ask for. */
  readonly custom?: CustomMetrics | undefined
}
