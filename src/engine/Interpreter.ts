/**
 * The port for interpreters: languages other than the typed one, whose programs run as nodes of the engine.
 *
 * A program begins in the body of one task (`nodeOf`). From there on it launches nodes beneath nodes: each is described
 * by `nodeSpec`, which has a path, what it shows, how the engine treats it, and its work. One node is launched by
 * `runNode`, nodes that depend on each other by `runFlow`, which composites of the typed language run too.
 *
 * The engine owns how nodes run. It promises:
 * - J1 A node's beginning is recorded before its work begins, its ending before `runNode` answers.
 * - J2 A node that ended answers from the record and its work never runs again. One that was open when its process died
 *   runs its work again. So a program is always evaluated from its beginning, whatever it has done before.
 * - J3 `stop` interrupts what works or waits; composites end by themselves once their children have ended. Nothing but
 *   handlers begins after it. `terminate` interrupts everything, from the leaves up.
 * - J4 No child and no fiber of a node outlives it. What the work throws ends its node in `Error`, as `thrown` says it.
 * - J5 Permits are taken before the work and given back when the node has ended; work takes one of the engine's slots.
 * - J6 What work stores with `saveArtifact` is a row once its node has ended, however that ended.
 * - J7 What work has noted with `remember` is there for nodes of any run and process once its node has succeeded.
 *
 * The interpreter owns what nodes mean. It has to see to this:
 * - Paths come from `pathOf`, differ beneath one parent, and depend on the program alone, never on time or order.
 * - What decides which nodes there are comes from the program and from ends of nodes, which are the same in every life.
 * - Work never fails: it answers how its node ended.
 * - In a rehearsal (`rehearsalOf`) no work is done, and flows say which nodes they will begin.
 * - Its own rules end the nesting of its nodes; `limits.depth` does not count there.
 *
 * This module and `Operator.ts`, for what is asked of runs from outside, are all that an interpreter imports of the
 * engine (`test/tidy.test.ts`).
 */
import * as Effect from "effect/Effect"
import type { NodeKind, Shown } from "../run/Event.ts"
import { anyJson } from "../workflow/codec.ts"
import type { PermitsDef } from "../workflow/Semaphore.ts"
import type { TaskContext } from "../workflow/TaskContext.ts"
import { subtree } from "./graph/subtree.ts"
import type { LiveNode, NodeSpec, Rehearsing } from "./Live.ts"
import { endChildren } from "./node/children.ts"
import { imposed } from "./node/interrupted.ts"
import type { NodeEnd } from "./node/NodeEnd.ts"
import { recorded } from "./node/recorded.ts"
import type { LiveTaskContext } from "./node/TaskContext.ts"
import { whileSuspended } from "./node/whileSuspended.ts"
import type { Slots } from "./permits/Slots.ts"

export { save as saveArtifact } from "./artifacts/save.ts"
export type { Follower, Host, LiveNode, NodeSpec } from "./Live.ts"
export type { NodeEnd } from "./node/NodeEnd.ts"
export { makeLog } from "./node/log.ts"
export { remember, remembered } from "./node/memo.ts"
export { traceparentAt } from "./node/spanAt.ts"
export { suspendWork } from "./node/suspend.ts"
export { Slots } from "./permits/Slots.ts"
export { endingsOf } from "./pools/endings.ts"
export { type Flow, type Outcome, runFlow } from "./graph/Flow.ts"
export { Room } from "./graph/Room.ts"

/** A node of an interpreted program. */
export interface Interpreted {
  /** From `pathOf`, or a handler of such a path. */
  readonly path: string
  readonly kind: NodeKind
  /** `work` takes a slot, and `stop` interrupts it; so it does what waits; a composite only runs children. */
  readonly as: "work" | "wait" | "composite"
  /** Whether it is an exit handler or hook, which `stop` spares. Default false. */
  readonly handler?: boolean
  readonly permits?: PermitsDef | undefined
  /** What is recorded at its beginning and shown of it; a node without it is not shown. */
  readonly shows?: Shown | undefined
  /** A bound that it works under besides the engine's, until it has ended. */
  readonly slots?: Slots | undefined
  /** The pool whose workers do its work, and what they are told: their `KeptDefinition.ordered` does it. */
  readonly placed?: { readonly on: string; readonly order: () => string } | undefined
  readonly work: (live: LiveNode) => Effect.Effect<NodeEnd>
  /** Told when it has ended, before anything follows; in each life of the run that comes to it. */
  readonly ended?: (live: LiveNode, end: NodeEnd) => void
  /** How it ends when its work throws. */
  readonly thrown: (defect: unknown) => NodeEnd
}

/** How the run is rehearsed; `undefined` where it is run in earnest. */
export const rehearsalOf = ({ run }: LiveNode): Rehearsing | undefined => run.host.rehearsal

/** The node of a task, beneath which a program runs, by the context that its body is given. */
export const nodeOf = (context: TaskContext): LiveNode => (context as LiveTaskContext).live

/** The path of a child of a node of the run, by default of the open node itself. */
export const pathOf = (live: LiveNode, name: string, parent: string = live.path): string =>
  `${subtree(live.run.ledger, parent, { number: 1 })}/${name}`

/** What the engine runs for a node: one attempt, without limits of its own. */
export const nodeSpec = (
  { as, ended, handler = false, kind, path, permits, placed, shows, slots, thrown, work }: Interpreted
): NodeSpec => ({
  ...(placed === undefined ? {} : placed),
  ...(shows === undefined ? {} : { shows }),
  ...(ended === undefined ? {} : { ended }),
  slots,
  path,
  kind,
  leaf: as === "work",
  composite: as === "composite",
  handler,
  bounded: true,
  retry: undefined,
  timeouts: { attempt: Infinity, total: Infinity },
  onCrash: "rerun",
  permits,
  output: anyJson,
  error: undefined,
  onExit: undefined,
  hooks: {},
  bind: (recorded) => ({
    text: recorded ?? JSON.stringify(shows ?? null),
    attempt: (live) =>
      Effect.suspend(() => work(live)).pipe(
        Effect.catchDefect((defect) => Effect.succeed(thrown(defect))),
        Effect.onExit(() => endChildren(live))
      )
  })
})

/** Launches one node beneath an open one, once the run is not suspended; answers when it has ended. Never fails. */
export const runNode = (parent: LiveNode, spec: NodeSpec): Effect.Effect<NodeEnd> =>
  Effect.andThen(
    spec.handler ? Effect.void : whileSuspended(parent),
    Effect.callback<NodeEnd>((resume) => {
      const done = (end: NodeEnd): void => resume(Effect.succeed(end))
      const { ledger, host } = parent.run
      const stopping = spec.handler && !parent.handler ? undefined : parent.stopping
      if (stopping !== undefined && !ledger.nodes.has(spec.path)) return done(imposed(stopping))
      host.kernel.launch(parent, spec, done, { stopping })
    })
  )

/** How a node ended, by the record; `undefined` while it has not. */
export const recordedEnd = (live: LiveNode, path: string): NodeEnd | undefined => recorded(live.run.ledger, { path })
