/** Which node that waits for a signal is meant. */
import { isTerminal, type Phase } from "../../run/Phase.ts"
import { namedNode } from "./findNode.ts"
import { everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { NotThere } from "../Usage.ts"

/** The named node, or the only one that waits, among those of some paths if they are given. Throws NotThere. */
export const waitingNode = (run: RunView, name: string | undefined, among?: ReadonlySet<string>): NodeView => {
  if (name !== undefined) return namedNode(run, name)
  const waiting = everyNode(run).filter((it) =>
    (it.waiting === "Signal" || it.type === "Suspend") && it.phase === "Running" &&
    among?.has(it.path) !== false
  )
  if (waiting.length === 1) return waiting[0]!
  throw new NotThere(
    waiting.length === 0
      ? `no node of run ${run.id} waits for a signal${
        isTerminal(run.phase as Phase) ? `: it has ended (${run.phase})` : ""
      }`
      : `${waiting.length} nodes of run ${run.id} are waiting; name one: ${waiting.map(({ name }) => name).join(", ")}`
  )
}
