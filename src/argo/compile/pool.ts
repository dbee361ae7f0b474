/** On which pool of workers a template runs. Pure. */
import { nameFault, sentence } from "../../workflow/values.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { Template, WorkflowSpec } from "../document/Manifest.ts"

/** The annotation of a template, and the label in a `nodeSelector`, that name a pool. */
export const poolLabel = "pinnace/pool"

/** What there is to choose it from. */
type Chosen = Pick<Template, "annotations" | "nodeSelector">

/**
 * What names the pool, as written: the annotation, then the selector of the template, then that of the workflow where
 * the template has no selector, as in Argo. An empty name is for none: an annotation can keep a template with its run.
 */
export const poolNamed = (
  { annotations, nodeSelector }: Chosen,
  spec: Pick<WorkflowSpec, "nodeSelector">
): string | undefined => {
  const own = Object.keys(nodeSelector ?? {}).length > 0
  const name = annotations?.[poolLabel] ?? (own ? nodeSelector : spec.nodeSelector)?.[poolLabel]
  return name === "" ? undefined : name
}

/** Whether workers can run a template: it has processes, which nothing else of a manifest has that stays here. */
export const isPlaceable = ({ container, containerSet, script }: Template): boolean =>
  [container, containerSet, script].some((it) => it !== undefined)

/** Why a template cannot run on a pool, to be put after its name; `undefined` where it can. */
export const unplaceable = (template: Template, spec: WorkflowSpec, pool: string): string | undefined => {
  const fault = nameFault(pool, 128)
  if (fault !== undefined) return `cannot run on a pool: ${sentence(`"${pool}"`, fault)}`
  const why = reasonAgainst(template, spec)
  if (why === undefined) return undefined
  return `cannot run on the pool "${pool}": ${why}, or keep it with the run by the annotation ${poolLabel}: ""`
}

const reasonAgainst = (template: Template, spec: WorkflowSpec): string | undefined => {
  if (template.daemon === true) {
    return "a daemon is reached by other nodes on the machine where it runs; make it a sidecar of the container that needs it"
  }
  if (template.containerSet !== undefined) {
    return "containers of a set are nodes that share files; make it a container with sidecars"
  }
  const claim = claimOf(template, spec)
  if (claim === undefined) return undefined
  return `its volume "${claim}" is a folder of the machine that keeps the run; hand files on as artifacts`
}

/** A volume of a claim that one of its containers mounts. */
const claimOf = (template: Template, { volumeClaimTemplates = [], volumes = [] }: WorkflowSpec): string | undefined => {
  const made = volumeClaimTemplates.map((it) => (it as { metadata?: { name?: string } }).metadata?.name)
  const own = template.volumes ?? []
  const claims = new Set([
    ...made,
    ...[...volumes.filter(({ name }) => own.every((it) => it.name !== name)), ...own]
      .flatMap(({ name, persistentVolumeClaim }) => persistentVolumeClaim === undefined ? [] : [name])
  ])
  const { container, initContainers = [], script, sidecars = [] } = template
  const containers = [container, script, ...initContainers, ...sidecars].flatMap((it) => it ?? [])
  return containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name))
    .find((name) => claims.has(name))
}

/** The pool of a template whose name has been filled in; `undefined` for one that stays here. Throws BadArgument. */
export const poolOf = (template: Template, spec: WorkflowSpec, name: string | undefined): string | undefined => {
  if (name === undefined || name === "" || !isPlaceable(template)) return undefined
  const why = unplaceable(template, spec, name)
  if (why !== undefined) throw new BadArgument(`Template "${template.name ?? ""}" ${why}`)
  return name
}
