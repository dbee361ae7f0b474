/** Exit handlers and hooks as nodes: same primitive, same journal, spared by `stop`. */
import type { HandlerDef, HookInfo } from "../../workflow/Definition.ts"
import { isFailure } from "../../run/Phase.ts"
import { compensatedIn } from "../../run/undoing.ts"
import type { Outcome } from "../../workflow/Outcome.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { calledSpec } from "./spec.ts"
import { toOutcome } from "./value.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"

/** The node that a handler belongs to, and how that ended: not at all while it runs. */
type Owner = Pick<NodeSpec, "path" | "output" | "error">

/**
 * Whether a handler runs; one that began in an earlier life does in any case. None does in a run that
 * is terminated once what it did is undone.
 */
export const isWanted = (
  live: LiveNode,
  owner: Owner,
  def: HandlerDef,
  path: string,
  end: NodeEnd | undefined,
  attempt: number
): boolean => {
  if (live.run.ledger.row.stopping === "undo" && !live.handler) return false
  if (def.when === undefined || live.run.ledger.nodes.has(path)) return true
  try {
    return def.when(told(live, owner, end, attempt))
  } catch {
    // Its node asks again, and says what was thrown.
    return true
  }
}

const told = (live: LiveNode, owner: Owner, end: NodeEnd | undefined, attempt: number): HookInfo => ({
  outcome: end === undefined ? running : toOutcome(end, owner.output, owner.error),
  run: live.run.ledger.row.id,
  node: owner.path,
  attempt,
  ...undoneIn(live, owner, end)
})

const undoneIn = ({ run }: LiveNode, { path }: Owner, end: NodeEnd | undefined): Pick<HookInfo, "compensated"> => {
  if (path !== "" || end === undefined || !isFailure(end.phase)) return {}
  const compensated = compensatedIn(run.ledger.nodes)
  return compensated === undefined ? {} : { compensated }
}

/** The spec of an exit handler or hook of `owner`, told how the owner ended (`undefined` while it is running). */
export const handlerSpec = (
  live: LiveNode,
  owner: Owner,
  def: HandlerDef,
  path: string,
  kind: "exit" | "hook",
  end: NodeEnd | undefined,
  attempt: number
): NodeSpec =>
  calledSpec({
    runnable: def.task,
    plan: undefined,
    path,
    handler: true,
    kind,
    input: () => {
      const info = told(live, owner, end, attempt)
      def.when?.(info)
      return def.input(info)
    }
  })

/** What a `started` hook is told: there is no outcome yet. */
const running = { phase: "Running" } as unknown as Outcome
