/** Which nodes made a run fail: the leaves of what failed, and what was thrown in them. Pure. */
import type { LogView } from "../run/view.ts"
import { wholeError } from "./errorText.ts"
import type { NodeView, RunView } from "./RunView.ts"

/**
 * Down from the run by what failed: so no attempt that was tried
 * again with success is blamed, and of those in vain the last one is.
 * What was only ended because of others is left out, unless there is nothing else.
 */
export const failedLeaves = ({ handlers, nodes }: RunView): ReadonlyArray<NodeView> => {
  const leaves = [...nodes, ...handlers].filter(isBad).flatMap(leavesOf)
  const culprits = leaves.filter(({ isCancelled }) => isCancelled !== true)
  return culprits.length > 0 ? culprits : leaves
}

const leavesOf = (node: NodeView): ReadonlyArray<NodeView> => {
  const bad = node.type === "Retry" ? node.children.filter(isBad).slice(-1) : node.children.filter(isBad)
  return bad.length === 0 ? [node] : bad.flatMap(leavesOf)
}

const isBad = ({ phase }: NodeView): boolean => phase === "Failed" || phase === "Error"

/** Stacks and causes of all that failed, each under the name of its node. */
export const stacksOf = (run: RunView): ReadonlyArray<string> =>
  failedLeaves(run).flatMap(({ error, name }) =>
    error?.stack === undefined && error?.cause === undefined
      ? []
      : [`${name}:`, ...wholeError(error).map((it) => `  ${it}`)]
  )

/** The same as lines of the log. */
export const thrownLines = (run: RunView): ReadonlyArray<LogView> =>
  failedLeaves(run).flatMap(({ attempt, error, finishedAt: at, path }) =>
    error?.stack === undefined && error?.cause === undefined
      ? []
      : [{ path, attempt, at, level: "error" as const, text: wholeError(error).join("\n") }]
  )
