/** A run as Argo shows it, as plain data. */
import type { NodeMeta } from "./compile/NodeMeta.ts"
import type { MemoStatus, Outputs } from "./values/Result.ts"

/** A node as Argo shows it. Times are ISO 8601, empty when they are not known yet. */
export interface ManifestNode {
  /** The id that Argo gives the node: the name of the run and a hash of the full name. */
  readonly id: string
  /** The full name: the names of the nodes around it and its own. */
  readonly name: string
  /** The name that people see, without the names around it. */
  readonly displayName: string
  /** The type of node as Argo names it, such as `Pod` or `Steps`. */
  readonly type: string
  /** The phase as Argo names it, such as `Running` or `Succeeded`. */
  readonly phase: string
  /** What is said about its phase, for people; empty without a word. */
  readonly message: string
  /** The template of its own document that it was made from; empty where there is none. */
  readonly templateName: string
  /** The template of another document that it was made from. */
  readonly templateRef?: NonNullable<NodeMeta["templateRef"]>
  /** The parameters and artifacts that it was given. */
  readonly inputs: NonNullable<NodeMeta["inputs"]>
  /** The parameters, artifacts and result that came out of it so far. */
  readonly outputs: Outputs
  /** Ids of the nodes directly beneath it. */
  readonly children: ReadonlyArray<string>
  /** The id of the steps or DAG node that it belongs to; empty for the entry node. */
  readonly boundaryId: string
  /** When its first attempt began. */
  readonly startedAt: string
  /** When it ended. */
  readonly finishedAt: string
  /** Of an attempt of a Retry node its number, from 0. */
  readonly attempt: number
  /** Of an attempt of a Retry node: how many its strategy allows, where that has a limit. */
  readonly attempts?: number
  /** Whether its memo table answered; absent where it is not memoized. */
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
  /** The id of the run. */
  readonly id: string
  /** The name of the run in Argo, which is that of its entry node. */
  readonly name: string
  /** The phase as Argo names it. */
  readonly phase: string
  /** What is said about its phase, for people; empty without a word. */
  readonly message: string
  /** When its first work began, in ISO 8601; empty before that. */
  readonly startedAt: string
  /** When it ended, in ISO 8601; empty before that. */
  readonly finishedAt: string
  /** Its global outputs, which its nodes give by `globalName`. */
  readonly outputs: Outputs
  /** Its nodes, those that Argo does not show left out. */
  readonly nodes: ReadonlyArray<ManifestNode>
  /** Paths of nodes that belong to the run as a whole: what they wait for is its own. */
  readonly hidden: ReadonlyArray<string>
}
