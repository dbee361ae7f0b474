/** Runs a node of a manifest as a node of the engine. */
import * as Effect from "effect/Effect"
import {
  type LiveNode,
  type NodeSpec,
  nodeSpec,
  pathOf,
  runNode as runEngineNode,
  whileSuspended
} from "../../engine/Interpreter.ts"
import type { NodeKind } from "../../run/Event.ts"
import type { PermitsDef } from "../../workflow/Semaphore.ts"
import { erroredBy, failed, fromEnd, messageOf, type NodeResult, toEnd } from "../values/Result.ts"
import type { Inputs, NodeMeta, NodeType } from "./NodeMeta.ts"
import type { Session } from "./Session.ts"
import type { Boundary } from "./Boundary.ts"
import { displayName } from "./naming.ts"

export { pathOf } from "../../engine/Interpreter.ts"

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
   * Work takes a slot and is interrupted by `stop`; what waits is only
   * interrupted; a composite ends by itself once its children ended.
   */
  readonly as: "work" | "wait" | "composite"
  readonly permits?: PermitsDef | undefined
}

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
    place.handler === undefined ? whileSuspended(place.live) : Effect.void,
    Effect.suspend(() => {
      const refused = refusal(place, meta.type)
      if (refused !== undefined) return Effect.succeed(refused)
      const spec = specOf(place, session.parts.nesting > 0 ? { ...meta, nested: true } : meta, treatment, work)
      return Effect.tap(launched(session, place, meta.type, spec), (result) =>
        Effect.sync(() => session.note(meta, result)))
    })
  )

/** The segment of paths of what is not shown. */
const hiddenSegment = "~"

/** Runs something inside a node as a node that is not shown. */
export const runHidden = (
  session: Session,
  live: LiveNode,
  treatment: Treatment,
  type: NodeType,
  work: (live: LiveNode) => Effect.Effect<NodeResult>,
  name: string = hiddenSegment
): Effect.Effect<NodeResult> => {
  const place: Place = { live, path: pathOf(live, name), name: "", boundary: "", handler: undefined, depth: 0 }
  return launched(session, place, type, specOf(place, undefined, treatment, work))
}

/** In files of before a node that needs locks works in one beneath it, which is not shown. */
export const beganHidden = ({ live, path }: Place): boolean =>
  live.run.ledger.nodes.has(pathOf(live, hiddenSegment, path))

/** A run that is being stopped starts nothing but exit handlers; what had begun in an earlier life still has to end. */
const refusal = ({ handler, live, path }: Place, type: NodeType): NodeResult | undefined => {
  if (live.stopping === undefined || (handler !== undefined && !live.handler)) return undefined
  if (live.run.ledger.nodes.has(path)) return undefined
  return failed(messageOf(live.stopping, undefined, type) ?? "Stopped before it began")
}

const specOf = (
  place: Place,
  meta: NodeMeta | undefined,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): NodeSpec =>
  nodeSpec({
    path: place.path,
    kind: treatment.as === "wait" ? "suspend" : kinds[place.handler ?? "none"],
    as: treatment.as,
    handler: place.handler !== undefined,
    permits: treatment.permits,
    shows: meta,
    work: (live) => Effect.map(Effect.suspend(() => work(live)), toEnd),
    thrown: (defect) => toEnd(erroredBy(defect))
  })

const kinds = { exit: "exit", hook: "hook", none: "task" } as const satisfies Readonly<Record<string, NodeKind>>

const launched = (session: Session, { live, path }: Place, type: NodeType, spec: NodeSpec): Effect.Effect<NodeResult> =>
  Effect.map(runEngineNode(live, spec), (end) => {
    const row = live.run.ledger.nodes.get(path)
    const result = fromEnd(end, type)
    session.publish(result.outputs)
    return { ...result, startedAt: row?.startedAt ?? 0, finishedAt: row?.finishedAt ?? 0 }
  })
