/** A run as Argo shows it, as plain data. */
import type { NodeMeta } from "./compile/NodeMeta.ts"
import type { MemoStatus, Outputs } from "./values/Result.ts"

/** A node as Argo shows it. Times are ISO 8601, empty when they are not known yet. */
export interface ManifestNode {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly type: string
  readonly phase: string
  readonly message: string
  readonly templateName: string
  /** The template of another document that it was made from. */
  readonly templateRef?: NonNullable<NodeMeta["templateRef"]>
  readonly inputs: NonNullable<NodeMeta["inputs"]>
  readonly outputs: Outputs
  /** Ids of the nodes directly beneath it. */
  readonly children: ReadonlyArray<string>
  readonly boundaryId: string
  readonly startedAt: string
  readonly finishedAt: string
  /** Of an attempt of a Retry node its number, from 0. */
  readonly attempt: number
  /** Of an attempt of a Retry node: how many its strategy allows, where that has a limit. */
  readonly attempts?: number
  readonly memoizationStatus?: MemoStatus
  /** Full names of the tasks that a task of a DAG depends on. */
  readonly after?: ReadonlyArray<string>
  /** Whether its process goes on after it has ended, for as long as the steps or DAG around it. */
  readonly daemon?: boolean
  /** Of a suspend node that waits: its outputs that still have no value. */
  readonly asks?: ReadonlyArray<string>
  /** Of a suspend node that waits: outputs that may be given values, with the values they have otherwise. */
  readonly defaults?: Readonly<Record<string, string>>
  /** The run whose record of the node was kept, by a memoized resubmission. */
  readonly keptFrom?: string
  /** The engine's path of the node, which commands name it by. */
  readonly path: string
  /** Paths of nodes that belong to it and are not shown: what they log, wait for or hold is its own. */
  readonly hidden?: ReadonlyArray<string>
}

/** A run as Argo shows it. */
export interface ManifestRun {
  readonly id: string
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly outputs: Outputs
  readonly nodes: ReadonlyArray<ManifestNode>
  /** Paths of nodes that belong to the run as a whole: what they wait for is its own. */
  readonly hidden: ReadonlyArray<string>
}
