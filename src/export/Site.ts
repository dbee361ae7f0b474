/** Where a node of a graph stands while its templates are written. */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { Containers } from "./Containers.ts"

/** What all graphs of an export share. */
export interface Export {
  readonly containers: Containers
  /** The ConfigMap with the limits of semaphores. */
  readonly locks: string
  /** Whether the end of the workflow is read by its exit handler. */
  readonly globalEnd: string | undefined
  /** A template that succeeds at once, without a pod. */
  readonly pass: () => string
}

/** A node, and the names on the way to it. */
export interface Site {
  readonly all: Export
  readonly plan: Plan
  readonly node: PlanNode
  readonly path: ReadonlyArray<string>
}

/** A free name for a template of a node. */
export const templateName = ({ all, path }: Pick<Site, "all" | "path">, ...words: ReadonlyArray<string>): string =>
  all.containers.name(...path.map((name) => name.slice(0, 20)), ...words)
