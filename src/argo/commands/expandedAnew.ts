/** What a retry with other parameters runs again besides failures. */
import type { ManifestNode } from "../view.ts"

/**
 * Loops that lie before these failures, since with other parameters they may
 * have other items, and what depends on them. Whatever else succeeded is kept.
 */
export const expandedAnew = (
  nodes: ReadonlyArray<ManifestNode>,
  failures: ReadonlyArray<ManifestNode>
): ReadonlyArray<ManifestNode> => [...new Set(failures.flatMap((failure) => around(nodes, failure)))]

const around = (nodes: ReadonlyArray<ManifestNode>, failure: ManifestNode): ReadonlyArray<ManifestNode> => {
  const beside = nodes.filter(({ boundaryId }) => boundaryId === failure.boundaryId)
  const groups = beside.filter(({ type }) => type === "StepGroup")
  if (groups.length > 0) {
    const first = groups.findIndex((group) => hasLoop(beside, group))
    return first < 0 ? [] : groups.slice(first)
  }
  const loops = [failure, ...following(beside, failure, (it) => it.after ?? [])].filter(({ type }) =>
    type === "TaskGroup"
  )
  return loops.flatMap((loop) => [loop, ...following(beside, loop, ({ name }) => dependants(beside, name))])
}

const hasLoop = (nodes: ReadonlyArray<ManifestNode>, { name }: ManifestNode): boolean =>
  nodes.some((it) => it.name.startsWith(`${name}.`) && /^[-\w]+\(\d+:/.test(it.name.slice(name.length + 1)))

const dependants = (nodes: ReadonlyArray<ManifestNode>, name: string): ReadonlyArray<string> =>
  nodes.filter(({ after }) => after?.includes(name) === true).map((it) => it.name)

/** All that can be reached from a node. */
const following = (
  nodes: ReadonlyArray<ManifestNode>,
  from: ManifestNode,
  next: (node: ManifestNode) => ReadonlyArray<string>
): ReadonlyArray<ManifestNode> => {
  const found = new Set<ManifestNode>()
  const queue = [from]
  for (let at = 0; at < queue.length; at++) {
    const names = new Set(next(queue[at]!))
    for (const node of nodes.filter((it) => names.has(it.name) && !found.has(it))) {
      found.add(node)
      queue.push(node)
    }
  }
  return [...found]
}
