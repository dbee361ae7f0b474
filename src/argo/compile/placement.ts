/** What a worker of a pool is told of a node: its template with its inputs, as text. */
import type { Artifact, MetricSpec, Template } from "../document/Manifest.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { substitute } from "../language/template/substitute.ts"
import { type Frame, substitution } from "./Frame.ts"
import type { Treatment } from "./node.ts"
import type { Inputs } from "./NodeMeta.ts"
import { poolNamed, poolOf } from "./pool.ts"

/** What is told, as JSON. */
export interface Order {
  /** Argo's full name of the node. */
  readonly name: string
  readonly template: Omit<Template, "metrics">
  readonly metrics: ReadonlyArray<MetricSpec>
  readonly inputs: Inputs
  readonly artifacts: ReadonlyArray<readonly [string, Artifact]>
  readonly variables: ReadonlyArray<readonly [string, string | null]>
  /**
   * The nodes that made something of ConfigMaps and Secrets so far: what that is, their ends say, and no Secret stands
   * here a second time.
   */
  readonly changed: ReadonlyArray<string>
}

/** Where the work of a template is done and what is told there; `undefined` where it stays here. Throws BadArgument. */
export const placementOf = (frame: Frame): Treatment["placed"] => {
  const { session: { parts }, template } = frame
  const name = poolNamed(template, parts.spec)
  const on = poolOf(template, parts.spec, name && substitute(name, substitution(frame)))
  if (on === undefined) return undefined
  if (parts.nesting > 0) {
    throw new BadArgument(
      `Template "${template.name ?? ""}" cannot run on the pool "${on}": a resource template created its workflow, ` +
        "which workers do not know; call its templates with templateRef instead"
    )
  }
  return { on, order: () => textOf(frame) }
}

const textOf = ({ bound, metrics, place: { name }, session, template, variables }: Frame): string => {
  const { artifacts, inputs } = bound
  const order: Order = {
    name,
    template,
    metrics,
    inputs,
    artifacts: [...artifacts],
    variables: [...variables.all()],
    changed: [...new Set(session.changed.values())]
  }
  return JSON.stringify(order)
}
