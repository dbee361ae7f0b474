/** How a worker of a pool does what the node of another process ordered. */
import * as Effect from "effect/Effect"
import { endingsOf, type LiveNode, type NodeEnd } from "../../engine/Interpreter.ts"
import { removeTreeLater } from "../../process/removeTree.ts"
import { Variables } from "../language/template/Variables.ts"
import { erroredBy, keptIn, toEnd } from "../values/Result.ts"
import { runBody } from "./body.ts"
import type { Frame } from "./Frame.ts"
import { openSession, type Surroundings } from "./openSession.ts"
import { clearOrderFolders, orderFolder } from "./orderFolders.ts"
import type { Order } from "./placement.ts"

/** Does what was ordered, in a folder of its own, with what this process has; `input` is that of the run. */
export const runOrder = (around: Surroundings, live: LiveNode, text: string, input: string): Effect.Effect<NodeEnd> =>
  Effect.suspend(() => {
    const order = JSON.parse(text) as Order
    const directory = orderFolder(around.directory, live)
    const session = openSession({ ...around, directory }, JSON.parse(input).parameters, live)
    const removed = Effect.ignore(Effect.tryPromise(() => removeTreeLater(directory)))
    const done = Effect.andThen(session.removals.settled, removed)
    const begun = Effect.andThen(clearOrderFolders(around.directory, live), changed(order, session, live))
    return Effect.ensuring(Effect.andThen(begun, runBody(frameOf(order, session, live), live)), done)
  }).pipe(
    Effect.catchDefect((defect) => Effect.succeed(erroredBy(defect))),
    Effect.map(toEnd)
  )

/** ConfigMaps and Secrets as the run has made them. */
const changed = (order: Order, session: Frame["session"], live: LiveNode): Effect.Effect<void> =>
  Effect.map(Effect.orDie(endingsOf(live, order.changed)), (endings) => {
    for (const [at, ending] of endings.entries()) {
      const change = ending === undefined ? undefined : keptIn(ending).change
      if (change !== undefined) session.change(order.changed[at]!, change)
    }
  })

const frameOf = (order: Order, session: Frame["session"], live: LiveNode): Frame => {
  const { artifacts, inputs, metrics, name, template } = order
  const variables = new Variables(new Map(order.variables))
  const place = { live, path: live.path, name, boundary: "", handler: undefined, depth: 0 }
  const bound = { inputs, artifacts: new Map(artifacts), variables: new Map<string, string>() }
  return { session, place, owner: session.parts.owner, template, metrics, bound, variables }
}
