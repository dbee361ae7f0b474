/** A template as a node: inputs, locks, memo table, retries, then its body. */
import type * as Effect from "effect/Effect"
import type { Found } from "../document/Library.ts"
import type { Template } from "../document/Manifest.ts"
import { withTemplateDefaults } from "../document/merge.ts"
import type { Variables } from "../language/template/Variables.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { type Arguments, bindInputs } from "../values/arguments.ts"
import { type Frame, type RunBody, shownAs, treatmentFor, typeOf } from "./Frame.ts"
import { emitting } from "./emit.ts"
import { isMemoized, memoized } from "./memo.ts"
import { beganHidden, brokenNode, metaOf, nodeAt, type Place, runHidden, type Treatment } from "./node.ts"
import type { Inputs } from "./NodeMeta.ts"
import { podName } from "./naming.ts"
import { placementOf } from "./placement.ts"
import { permitsOf } from "./permits.ts"
import type { NodeResult } from "../values/Result.ts"
import { retried } from "./retry.ts"
import type { Session } from "./Session.ts"
import { asked } from "../bodies/suspend.ts"
import type { LiveNode, NodeSpec } from "../../engine/Interpreter.ts"

const deepest = 100

/** The node of a template at a place. */
export const templateNode = (
  session: Session,
  place: Place,
  found: Found,
  args: Arguments,
  around: Variables,
  body: RunBody
): NodeSpec => {
  const { metrics, ...template } = withDefaults(found.template, session)
  const local = around.with(localNames(session, place, template))
  try {
    if (place.depth > deepest) throw new BadArgument("Maximum recursion depth exceeded. See configuration.")
    const how = { variables: local, now: session.parts.now }
    const bound = bindInputs(template, args, how, session.parts.stores)
    return boundNode(
      {
        session,
        place,
        owner: found.owner,
        template,
        metrics: metrics?.prometheus ?? [],
        bound,
        variables: local.with(bound.variables)
      },
      body
    )
  } catch (error) {
    return brokenNode(session, place, template.name ?? "", error)
  }
}

/** The spec's defaults, then what the template says itself. */
const withDefaults = (template: Template, { parts: { spec } }: Session): Template => ({
  ...(spec.retryStrategy === undefined ? {} : { retryStrategy: spec.retryStrategy }),
  ...withTemplateDefaults(template, spec.templateDefaults)
})

const localNames = (
  session: Session,
  { name }: Place,
  template: Template
): ReadonlyArray<readonly [string, string]> => [
  ["node.name", name],
  ["pod.name", podName(session.parts.name, name, template.name ?? "")]
]

const boundNode = (frame: Frame, body: RunBody): NodeSpec => {
  const { bound, place, session, template } = frame
  const type = template.retryStrategy === undefined ? typeOf(template) : "Retry"
  const permits = permitsOf(frame)
  const meta = {
    ...metaOf(place, type, template.name ?? "", shown(bound.inputs)),
    ...shownAs(frame),
    ...(template.daemon === true ? { daemon: true } : {}),
    ...(type === "Suspend" ? asked(frame) : {})
  }
  const placed = type === "Retry" ? undefined : placementOf(frame)
  const treatment: Treatment = type === "Retry" ? { as: "composite" } : { ...treatmentFor(template), placed }
  const work = (live: LiveNode): Effect.Effect<NodeResult> =>
    template.retryStrategy === undefined ? body(frame, live) : retried(frame, live, body)
  const slots = type === "Pod" ? session.pods : undefined
  const own = (live: LiveNode) => memoized(frame, live, work(live))
  // What is remembered is looked up where the run is.
  const isElsewhere = placed !== undefined && isMemoized(template)
  const isPlain = !isElsewhere && (permits === undefined || !locksBeneath(frame))
  const node = isPlain ? nodeAt(session, place, meta, { ...treatment, permits, slots }, own) : nodeAt(
    session,
    place,
    meta,
    { as: "composite", slots },
    (live) => memoized(frame, live, runHidden(session, live, { ...treatment, permits }, type, work))
  )
  return emitting(node, { session, metrics: frame.metrics, variables: frame.variables })
}

/**
 * Whether what needs locks works in a node beneath, which is not shown: then a result that is remembered takes none.
 * What began otherwise goes on so.
 */
const locksBeneath = ({ place, template }: Frame): boolean =>
  beganHidden(place) ||
  isMemoized(template) && template.suspend === undefined && !place.live.run.ledger.nodes.has(place.path)

const shown = (inputs: Inputs): Inputs | undefined =>
  (inputs.parameters ?? []).length + (inputs.artifacts ?? []).length === 0 ? undefined : inputs
