/** All that an engine counts. */
import { CustomMetrics } from "./CustomMetrics.ts"
import { SeriesOfNodes } from "./NodeSeries.ts"
import { Table } from "./Table.ts"

/** A table, and the ways to its series. */
export class Numbers {
  readonly table: Table = new Table()
  /** Where in it facts about nodes are. */
  readonly nodes: SeriesOfNodes = new SeriesOfNodes(this.table)
  /** The metrics in it that definitions ask for. */
  readonly custom: CustomMetrics = new CustomMetrics(this.table)
}
