/** Runs a node of a manifest as a node of the engine. */
import * as Effect from "effect/Effect"
import {
  type Interpreted,
  type LiveNode,
  type NodeEnd,
  type NodeSpec,
  nodeSpec,
  pathOf,
  recordedEnd,
  runNode as run,
  type Slots
} from "../../engine/Interpreter.ts"
import type { NodeKind } from "../../run/Event.ts"
import type { PermitsDef } from "../../workflow/Semaphore.ts"
import { erroredBy, fromEnd, type NodeResult, toEnd } from "../values/Result.ts"
import type { Inputs, NodeMeta, NodeType } from "./NodeMeta.ts"
import type { Session } from "./Session.ts"
import type { Daemons } from "./Daemons.ts"
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
  readonly keeper?: Daemons
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
  /** Under which bound of the run it works. */
  readonly slots?: Slots | undefined
  /** The pool whose workers do the work, and what they are told. */
  readonly placed?: Interpreted["placed"]
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

/** A node at a place. */
export const nodeAt = (
  session: Session,
  place: Place,
  shown: NodeMeta,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): NodeSpec => {
  const meta = session.parts.nesting > 0 ? { ...shown, nested: true } : shown
  return specOf(session, place, meta, treatment, work, (result) => session.note(meta, result))
}

/** Runs a node beneath the one of its place. Never fails. */
export const runAt = (place: Place, spec: NodeSpec): Effect.Effect<NodeResult> =>
  Effect.map(run(place.live, spec), (end) => resultOf(place.live, spec, end))

/** Starts a node and waits for its end. Never fails. */
export const runNode = (
  session: Session,
  place: Place,
  meta: NodeMeta,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> => runAt(place, nodeAt(session, place, meta, treatment, work))

/** A node that is shown, and ends as it begins. */
export const endedNode = (session: Session, place: Place, template: string, result: NodeResult): NodeSpec =>
  nodeAt(session, place, metaOf(place, "Skipped", template), { as: "composite" }, () => Effect.succeed(result))

/** A node that cannot even begin. */
export const brokenNode = (session: Session, place: Place, template: string, error: unknown): NodeSpec =>
  endedNode(session, place, template, { ...erroredBy(error), reason: "BadInput" })

/** Whether a node could not even begin. */
export const isBroken = ({ phase, reason }: NodeResult): boolean => phase === "Error" && reason === "BadInput"

/** The result of a node that has ended. */
export const resultOf = (live: LiveNode, { path, shows }: Pick<NodeSpec, "path" | "shows">, end: NodeEnd): NodeResult =>
  timed(live, path, fromEnd(end, shows?.type ?? ""))

/** The result of a node by the record; `undefined` while there is none. */
export const resultAt = (live: LiveNode, path: string): NodeResult | undefined => {
  const end = recordedEnd(live, path)
  return end === undefined ? undefined : timed(live, path, fromEnd(end, ""))
}

const timed = (live: LiveNode, path: string, result: NodeResult): NodeResult => {
  const row = live.run.ledger.nodes.get(path)
  return { ...result, startedAt: row?.startedAt ?? 0, finishedAt: row?.finishedAt ?? 0 }
}

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
  const spec = specOf(session, place, undefined, treatment, work, () => {})
  return Effect.map(run(live, spec), (end) => timed(live, place.path, fromEnd(end, type)))
}

/** In files of before a node that needs locks works in one beneath it, which is not shown. */
export const beganHidden = ({ live, path }: Place): boolean =>
  live.run.ledger.nodes.has(pathOf(live, hiddenSegment, path))

const specOf = (
  session: Session,
  place: Place,
  meta: NodeMeta | undefined,
  treatment: Treatment,
  work: (live: LiveNode) => Effect.Effect<NodeResult>,
  note: (result: NodeResult) => void
): NodeSpec =>
  nodeSpec({
    path: place.path,
    kind: treatment.as === "wait" ? "suspend" : place.handler ?? kinds[meta?.type ?? "Pod"] ?? "task",
    as: treatment.as,
    handler: place.handler !== undefined,
    permits: treatment.permits,
    slots: treatment.slots,
    placed: treatment.placed,
    shows: meta,
    work: (live) => Effect.map(Effect.suspend(() => work(live)), toEnd),
    ended: (live, end) => {
      const result = timed(live, place.path, fromEnd(end, meta?.type ?? ""))
      session.publish(result.outputs)
      note(result)
    },
    thrown: (defect) => toEnd(erroredBy(defect))
  })

/** What composites are to the engine. */
const kinds: Partial<Record<NodeType, NodeKind>> = {
  Steps: "workflow",
  StepGroup: "workflow",
  DAG: "workflow",
  Retry: "workflow",
  TaskGroup: "map"
}
