/** Whether an open run does nothing: then it can be left, and nothing of it is cut off. */
import { liesBeneath } from "./beneath.ts"
import type { NodeRow, RunRow } from "./State.ts"

/** A run, and the instant until which it waits before it begins: without end for permits, absent where it does not. */
type Resting = Pick<RunRow, "stopping" | "suspended"> & { readonly waitsUntil?: number | undefined }

/**
 * Whether all that has begun in a run waits: for a person, another run, a permit, a worker of its pool (`isOffered`),
 * or an instant that is not before `until`; or the run itself does, before it begins. What has begun and does not wait
 * is at work, unless nodes beneath it that wait stand for it; bodies of tasks are always at work.
 */
export const isAtRest = (
  run: Resting,
  nodes: Iterable<NodeRow>,
  until: number,
  isOffered: (node: NodeRow) => boolean = () => false
): boolean => {
  if (run.waitsUntil !== undefined) return run.stopping === null && run.waitsUntil >= until
  const [above, waiting]: [Array<string>, Array<string>] = [[], []]
  for (const node of nodes) {
    if (waits(node, until) || isOffered(node)) waiting.push(node.path)
    else if (node.phase !== "Running") continue
    else if (node.kind === "task") return false
    else above.push(node.path)
  }
  if (run.stopping !== null || waiting.length + above.length === 0) return run.stopping === null && run.suspended
  return above.every((path) => waiting.some((other) => liesBeneath(other, path)))
}

const waits = ({ until, waiting }: NodeRow, end: number): boolean =>
  waiting === "Timer" || waiting === "Retry" ? until >= end : waiting !== null
