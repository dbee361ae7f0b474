/**
 * A run as it is shown, whether a manifest or TypeScript defined it.
 * Plain data; instants are milliseconds since the epoch, 0 for not yet.
 */

import type { EncodedError, Reused } from "../run/Event.ts"
import { isHandler } from "../run/path.ts"

/** A node with what hangs beneath it. */
export interface NodeView {
  /** The engine's path, which commands name it by. */
  readonly path: string
  /** Paths of nodes that belong to it and are not shown. */
  readonly hidden?: ReadonlyArray<string>
  /** Its full name: Argo's for nodes of manifests, else the path. */
  readonly name: string
  /** Its name among its siblings. */
  readonly label: string
  /** `Pod`, `DAG`, `Steps`, `StepGroup`, … for manifests; `task`, `map`, … else. */
  readonly type: string
  readonly phase: string
  /** What it runs: a template, a task, a workflow. */
  readonly runs: string
  readonly message: string
  /** Why it waits, when it does; empty else. */
  readonly waiting: string
  /** When its wait for a person ends by itself; absent where that never does. */
  readonly until?: number
  /** The number of its attempt, from 1; 0 for what is not tried again. */
  readonly attempt: number
  /** How many attempts it may have; 0 where that has no bound or is not known. */
  readonly attempts: number
  /** How often that attempt was begun again after its process had ended; absent for never. */
  readonly reruns?: number
  readonly startedAt: number
  readonly finishedAt: number
  readonly progress: string
  /** The run whose record of it was kept. */
  readonly keptFrom?: string
  /** Of a node that ended with a remembered result: where that came from, and what it saved. */
  readonly reused?: Reused
  /** How many items a list has, as far as that is known; else 0. */
  readonly items: number
  readonly children: ReadonlyArray<NodeView>
  /** Of a task of a DAG of a manifest: the full names of those that it depends on. */
  readonly after?: ReadonlyArray<string>
  /** Of a suspend node of a manifest that waits: its outputs that still have no value. */
  readonly asks?: ReadonlyArray<string>
  /** Of the same: outputs that may be given values, with the values they have otherwise. */
  readonly defaults?: Readonly<Record<string, string>>
  /** Of a node that failed: what was thrown. */
  readonly error?: EncodedError | undefined
  /** Whether it was ended because of another node, or from outside. */
  readonly isCancelled?: boolean
}

/** A run. */
export interface RunView {
  readonly id: string
  /** Paths of nodes that belong to the run as a whole and are not shown. */
  readonly hidden?: ReadonlyArray<string>
  readonly name: string
  readonly workflow: string
  readonly isManifest: boolean
  /** The phase, with what is special about it: `Running (Suspended)`. */
  readonly status: string
  readonly phase: string
  readonly message: string
  /** Who started it, by the name that was said; absent where nobody is known to have. */
  readonly by?: string
  readonly createdAt: number
  readonly startedAt: number
  readonly finishedAt: number
  readonly labels: Readonly<Record<string, string>>
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
  readonly outputs: ReadonlyArray<readonly [name: string, value: string]>
  /** How many nodes that do work have ended, of how many that have begun. */
  readonly done: number
  readonly total: number
  /** What the run itself is made of; usually one tree, or a list of nodes. */
  readonly nodes: ReadonlyArray<NodeView>
  /** Exit handlers and hooks of the run, shown apart. */
  readonly handlers: ReadonlyArray<NodeView>
}

/** All nodes, each before what hangs beneath it. */
export const flat = (nodes: ReadonlyArray<NodeView>): ReadonlyArray<NodeView> => {
  const all: Array<NodeView> = []
  const put = (some: ReadonlyArray<NodeView>): void => {
    for (const node of some) {
      all.push(node)
      put(node.children)
    }
  }
  put(nodes)
  return all
}

/** All nodes of a run, each before what hangs beneath it; handlers last. */
export const everyNode = ({ handlers, nodes }: Pick<RunView, "handlers" | "nodes">): ReadonlyArray<NodeView> =>
  flat([...nodes, ...handlers])

/** Whether a node does work itself, in contrast to one that holds others: handlers and what undoes it do not count. */
export const works = ({ children, type }: NodeView): boolean =>
  type === "Pod" || type === "Suspend" ||
  (children.every(({ path }) => isHandler(path)) &&
    !["DAG", "Steps", "StepGroup", "TaskGroup", "map", "workflow", "run"].includes(type))

/** The paths of a node and of all that belongs to it without being shown. */
export const pathsOf = (
  { hidden = [], path }: Pick<NodeView, "hidden" | "path">
): ReadonlyArray<string> => [path, ...hidden]

/** Nodes by their paths, and by those of what belongs to them. */
export const byPath = <A extends Pick<NodeView, "hidden" | "path">>(
  nodes: ReadonlyArray<A>
): ReadonlyMap<string, A> => {
  const found = new Map<string, A>()
  for (const it of nodes) {
    found.set(it.path, it)
    for (const path of it.hidden ?? []) found.set(path, it)
  }
  return found
}
