/** What the journal keeps of a node besides its end. */

/** Types of nodes. */
export type NodeType =
  | "Pod"
  | "Steps"
  | "StepGroup"
  | "DAG"
  | "TaskGroup"
  | "Retry"
  | "Suspend"
  | "Skipped"
  | "Container"
  | "HTTP"
  | "Plugin"

/** What is recorded of a node when it begins. */
export interface NodeMeta {
  /** The full name, with the names of the nodes around it. */
  readonly name: string
  /** The name that people see, without the names around it. */
  readonly displayName: string
  /** The type of node as Argo names it. */
  readonly type: NodeType
  /** The name of the template that it was made from. */
  readonly template: string
  /** The full name of the steps or DAG node it belongs to, or empty. */
  readonly boundary: string
  /** The parameters and artifacts that it was given. */
  readonly inputs?: Inputs
  /** Full names of the tasks that a task of a DAG depends on. */
  readonly after?: ReadonlyArray<string>
  /** Of an attempt of a Retry node: how many its strategy allows, where that has a limit. */
  readonly attempts?: number
  /** Of a suspend node: its outputs that a person has to give values for. */
  readonly asks?: ReadonlyArray<string>
  /** Of a suspend node: the outputs that a person may give values for, with the values they have otherwise. */
  readonly defaults?: Readonly<Record<string, string>>
  /** Whether its process goes on after it has ended, for as long as the steps or DAG around it. */
  readonly daemon?: boolean
  /** The template of another document that it was made from. */
  readonly templateRef?: { readonly name: string; readonly template: string }
  /** Whether it is of a workflow that a node of this one created, and so not among the nodes of this one. */
  readonly nested?: boolean
  /** Whether it is a hook or exit handler. */
  readonly hooked?: boolean
}

/** Whether it is the node by which the run begins, whose name is that of the run. */
export const isEntry = ({ boundary, hooked, nested }: NodeMeta): boolean =>
  boundary === "" && hooked !== true && nested !== true

/** What goes into a node. */
export interface Inputs {
  /** Parameters with the values that were substituted. */
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  /** Artifacts, with their keys in the store and their paths in the container. */
  readonly artifacts?: ReadonlyArray<{ readonly name: string; readonly key?: string; readonly path?: string }>
}
