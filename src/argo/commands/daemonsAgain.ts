/** Daemons that a retry starts again: they ended with the run, whatever is recorded of them. */
import type { ManifestNode } from "../view.ts"

/**
 * The paths of daemons in steps or DAGs that go on: those that did not succeed, and those
 * around `restarted`, which are paths of nodes that run again although they succeeded.
 */
export const daemonsAgain = (
  nodes: ReadonlyArray<ManifestNode>,
  restarted: ReadonlyArray<string> = []
): ReadonlyArray<string> => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const going = new Set(nodes.filter(({ phase }) => phase !== "Succeeded").map(({ id }) => id))
  for (const node of nodes.filter(({ path }) => restarted.includes(path))) {
    for (let at = node.boundaryId; at !== "" && !going.has(at); at = byId.get(at)?.boundaryId ?? "") going.add(at)
  }
  return nodes.filter((node) => node.daemon === true && node.phase === "Succeeded" && going.has(node.boundaryId))
    .map(({ path }) => path)
}
