/** Ends what is open beneath a composite, leaves first; the composite's own ending is recorded only afterwards. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Reason } from "../../run/Phase.ts"
import type { Pool } from "../graph/Pool.ts"
import type { LiveNode } from "../Live.ts"

/**
 * Ends all children of a node and waits for them: interrupted at once
 * when the node is cut, else stopped, so that exit handlers run.
 */
export const endChildren = (live: LiveNode, reason: Reason = live.reason): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (live.children.size === 0) return Effect.void
    live.draining = true
    if (live.isCancelled) { for (const child of [...live.children]) child.cancel(reason) }
    else live.stopChildren(reason)
    return Effect.andThen(Effect.forEach([...live.children], settled, { discard: true }), endChildren(live, reason))
  })

/** Cuts one child and waits for its end, which is recorded before the end of whoever it is of. */
export const endChild = (child: LiveNode, reason: Reason): Effect.Effect<unknown> =>
  Effect.suspend(() => {
    child.cancel(reason)
    return settled(child)
  })

const settled = (node: LiveNode): Effect.Effect<unknown> =>
  node.fiber === undefined ? Effect.void : Fiber.await(node.fiber)

/** What a composite does when it is interrupted itself: start nothing more, end everything that is open. */
export const collectChildren = (live: LiveNode, pool: Pool): Effect.Effect<void> =>
  Effect.suspend(() => {
    pool.close()
    return endChildren(live)
  })
