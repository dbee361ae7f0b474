/** Runs a node of a manifest as a node of the engine. */
import * as Effect from "effect/Effect"
import { endChildren } from "../../engine/node/children.ts"
import type { LiveNode, NodeSpec } from "../../engine/Live.ts"
import { subtree } from "../../engine/graph/subtree.ts"
import type { NodeKind } from "../../run/Event.ts"
import { anyJson } from "../../workflow/codec.ts"
import type { PermitsDef } from "../../workflow/Semaphore.ts"
import { erroredBy, failed, fromEnd, messageOf, type NodeResult, toEnd } from "../values/Result.ts"
import type { Inputs, NodeMeta, NodeType } from "./NodeMeta.ts"
import type { Session } from "./Session.ts"
import type { Boundary } from "./Boundary.ts"
import { displayName } from "./naming.ts"

/** Where a node hangs. */
export interface Place {
  readonly live: LiveNode
  /** The engine's path of the node. */
  readonly path: string
  /** Argo's full name of the node. */
  readonly name: string
  readonly boundary: string
  /** Whether it is the root of an exit handler or hook. */
  readonly handler: "exit" | "hook" | undefined
  /** How many template calls lie above. */
  readonly depth: number
  /** Full names of the tasks it depends on. */
  readonly after?: ReadonlyArray<string>
  /** Keeps daemons until the steps or DAG around the node end. */
  readonly keeper?: Boundary
  /** The template of another document that is called there. */
  readonly reference?: NodeMeta["templateRef"]
}

/** How the engine treats it. */
export interface Treatment {
  /**
   * Work takes a slot and is interrupted by `stop`; who waits is only
   * interrupted; a composite ends by itself once its children ended.
   */
  readonly as: "work" | "wait" | "composite"
  readonly permits?: PermitsDef | undefined
}

/** The path of a child of an open node. */
export const childPath = (live: LiveNode, name: string): string => pathWithin(live, live.path, name)

/** The path of a child of any node of the run. */
export const pathWithin = (live: LiveNode, path: string, name: string): string =>
  `${subtree(live.run.ledger, path, { number: 1 })}/${name}`

/** The metadata of a node at a place. */
export const metaOf = (place: Place, type: NodeType, template: string, inputs?: Inputs): NodeMeta => ({
  name: place.name,
  displayName: displayName(place.name, place.boundary),
  type,
  template,
  boundary: place.boundary,
  ...(inputs === undefined ? {} : { inputs }),
  ...(place.after === undefined || place.after.length === 0 ? {} : { after: place.after }),
  ...(place.handler === undefined ? {} : { hooked: true }),
  ...(place.reference === undefined ? {} : { templateRef: place.reference })
})

/** Starts a node and waits for its end. Never fails. */
export const runNode = (
  session: Session,
  place: Place,
  meta: NodeMeta,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> =>
  Effect.andThen(
    unsuspended(place),
    Effect.suspend(() => {
      const refused = refusal(place, meta.type)
      if (refused !== undefined) return Effect.succeed(refused)
      const spec = specOf(place, session.parts.nesting > 0 ? { ...meta, nested: true } : meta, treatment, work)
      return Effect.tap(launched(session, place, meta.type, spec), (result) =>
        Effect.sync(() => session.note(meta, result)))
    })
  )

/** The segment of paths of what is not shown. */
export const hiddenSegment = "~"

/** Runs something inside a node as a node that is not shown. */
export const runHidden = (
  session: Session,
  live: LiveNode,
  treatment: Treatment,
  type: NodeType,
  work: (live: LiveNode) => Effect.Effect<NodeResult>,
  name: string = hiddenSegment
): Effect.Effect<NodeResult> => {
  const place: Place = { live, path: childPath(live, name), name: "", boundary: "", handler: undefined, depth: 0 }
  return launched(session, place, type, specOf(place, undefined, treatment, work))
}

/** A run that is being stopped starts nothing but exit handlers. */
const refusal = ({ handler, live }: Place, type: NodeType): NodeResult | undefined => {
  if (live.stopping === undefined || (handler !== undefined && !live.handler)) return undefined
  return failed(messageOf(live.stopping, undefined, type) ?? "Stopped before it began")
}

const specOf = (
  place: Place,
  meta: NodeMeta | undefined,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): NodeSpec => ({
  ...(meta === undefined ? {} : { shows: meta }),
  path: place.path,
  kind: treatment.as === "wait" ? "suspend" : kinds[place.handler ?? "none"],
  leaf: treatment.as === "work",
  composite: treatment.as === "composite",
  handler: place.handler !== undefined,
  // Templates call each other at most so deep as Argo allows.
  bounded: true,
  retry: undefined,
  timeouts: { attempt: Infinity, total: Infinity },
  onCrash: "rerun",
  permits: treatment.permits,
  output: anyJson,
  error: undefined,
  onExit: undefined,
  hooks: {},
  bind: (recorded) => ({
    text: recorded ?? JSON.stringify(meta ?? null),
    attempt: (live) => Effect.map(guarded(live, work), toEnd)
  })
})

const kinds = { exit: "exit", hook: "hook", none: "task" } as const satisfies Readonly<Record<string, NodeKind>>

/** What the interpreter itself throws becomes an Error; children end before their node does. */
const guarded = (live: LiveNode, work: (live: LiveNode) => Effect.Effect<NodeResult>): Effect.Effect<NodeResult> =>
  Effect.suspend(() => work(live)).pipe(
    Effect.catchDefect((defect) => Effect.succeed(erroredBy(defect))),
    Effect.onExit(() => endChildren(live))
  )

const launched = (session: Session, { live, path }: Place, type: NodeType, spec: NodeSpec): Effect.Effect<NodeResult> =>
  Effect.callback<NodeResult>((resume) => {
    live.run.host.kernel.launch(live, spec, (end) => {
      const row = live.run.ledger.nodes.get(path)
      const result = fromEnd(end, type)
      session.publish(result.outputs)
      resume(Effect.succeed({ ...result, startedAt: row?.startedAt ?? 0, finishedAt: row?.finishedAt ?? 0 }))
    })
  })

/** While the run is suspended nothing new begins. */
const unsuspended = ({ handler, live }: Place): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { run } = live
    if (!run.suspended || live.handler || handler !== undefined || live.stopping !== undefined) return Effect.void
    return Effect.callback<void>((resume) => {
      const look = (): void => {
        if (run.suspended && live.stopping === undefined) return
        run.resumed.delete(look)
        resume(Effect.void)
      }
      run.resumed.add(look)
      return Effect.sync(() => {
        run.resumed.delete(look)
      })
    })
  })
