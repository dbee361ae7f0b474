/** A template with its inputs, where it runs. */
import type * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Interpreter.ts"
import type { Located } from "../document/decode/decode.ts"
import type { MetricSpec, Template, WorkflowDocument } from "../document/Manifest.ts"
import { actionsOf, kindIn } from "../bodies/resource/objects/resourceKinds.ts"
import { substitute, type Substitution } from "../language/template/substitute.ts"
import type { Variables } from "../language/template/Variables.ts"
import type { Bound } from "../values/arguments.ts"
import type { Place, Treatment } from "./node.ts"
import type { NodeType } from "./NodeMeta.ts"
import type { NodeResult } from "../values/Result.ts"
import type { Session } from "./Session.ts"

/** A template about to run. */
export interface Frame {
  readonly session: Session
  readonly place: Place
  readonly owner: Located<WorkflowDocument>
  /** Without its metrics, whose texts have a meaning only when the node has ended. */
  readonly template: Omit<Template, "metrics">
  readonly metrics: ReadonlyArray<MetricSpec>
  readonly bound: Bound
  /** What the call passes on besides inputs. */
  readonly variables: Variables
}

/** Runs a body inside an open node. */
export type RunBody = (frame: Frame, live: LiveNode) => Effect.Effect<NodeResult>

/** What a template's nodes are. */
export const typeOf = (template: Template): NodeType => {
  if (template.steps !== undefined) return "Steps"
  if (template.dag !== undefined) return "DAG"
  if (template.http !== undefined) return "HTTP"
  if (template.plugin !== undefined) return "Plugin"
  return template.suspend === undefined ? "Pod" : "Suspend"
}

/** How texts of a frame are filled in. */
export const substitution = ({ session, variables }: Frame): Substitution => ({ variables, now: session.parts.now })

/** The name that the template's annotation gives its nodes. */
export const shownAs = (frame: Frame): { readonly displayName?: string } => {
  const name = frame.template.annotations?.["workflows.argoproj.io/display-name"]
  return name === undefined || name === "" ? {} : { displayName: substitute(name, substitution(frame)) }
}

/** How the engine treats the node of a template. */
export const treatmentFor = (template: Template): Treatment => {
  const { containerSet, dag, resource, steps } = template
  const kind = kindIn(resource?.manifest ?? "")
  // Only what runs here ends by itself when the run is stopped.
  if (resource !== undefined && kind !== undefined && actionsOf[kind] === undefined) return { as: "work" }
  // It may be another run that is waited for.
  if (resource?.action === "get") return { as: "wait" }
  if ([containerSet, dag, resource, steps].some((it) => it !== undefined)) return { as: "composite" }
  return { as: template.suspend === undefined ? "work" : "wait" }
}
