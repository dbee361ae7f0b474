/** Exit handlers and hooks as nodes: same primitive, same journal, spared by `stop`. */
import type { HandlerDef } from "../../workflow/Definition.ts"
import type { Outcome } from "../../workflow/Outcome.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { calledSpec } from "./spec.ts"
import { toOutcome } from "./value.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"

/** The spec of an exit handler or hook of `owner`, told how the owner ended (`undefined` while it is running). */
export const handlerSpec = (
  live: LiveNode,
  owner: Pick<NodeSpec, "path" | "output" | "error">,
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
    input: () =>
      def.input({
        outcome: end === undefined ? running : toOutcome(end, owner.output, owner.error),
        run: live.run.ledger.row.id,
        node: owner.path,
        attempt
      })
  })

/** What a `started` hook is told: there is no outcome yet. */
const running = { phase: "Running" } as unknown as Outcome
