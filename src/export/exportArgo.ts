/** A typed workflow as a manifest for Argo, whose containers run `pinnace exec-node` in an image of yours. */
import { stringify } from "yaml"
import { planOf } from "../engine/life/plans.ts"
import { nothing } from "../engine/node/NodeEnd.ts"
import { fromText } from "../engine/node/value.ts"
import type { Plan } from "../plan/Plan.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { Containers, type ImageOptions, type Yaml } from "./Containers.ts"
import { graphTemplate } from "./graph.ts"
import { handlerTemplate } from "./handlers.ts"
import { dashed } from "./Names.ts"
import { NotExportable } from "./NotExportable.ts"
import { lockKey, synchronizationOf } from "./policies.ts"
import { refusalsOf, semaphoresOf } from "./refusals.ts"
import { inputName } from "./reads.ts"

/** Any workflow, whatever its types. */
export type ExportedWorkflow = Runnable<never, unknown, unknown, unknown> & { readonly _tag: "Workflow" }

/** How a workflow is exported. */
export interface ExportOptions {
  /** The image that holds the module and the command `pinnace`; name it by its digest, so that retries run the same. */
  readonly image: string
  /** The module inside the image that exports the workflow. */
  readonly module: string
  /** Variables from Secrets: `{ API_KEY: { name: "keys", key: "api" } }`. */
  readonly secrets?: ImageOptions["secrets"]
  /**
   * Where artifacts are kept: `s3://bucket/prefix?region=…&endpoint=…`, or the path of a folder that all containers
   * mount. Without it, workflows that pass artifacts on are refused.
   */
  readonly store?: string
  /** The namespace that the manifest names; default none. */
  readonly namespace?: string
  /** The service account of Kubernetes that its pods run as; default that of the namespace. */
  readonly serviceAccountName?: string
  /** Who goes first among workflows that wait for the same lock. */
  readonly priority?: number
}

/** The manifest of a workflow as text. Throws `NotExportable` with everything that Argo cannot do. */
export const exportArgo = (workflow: ExportedWorkflow, options: ExportOptions): string =>
  documentsOf(workflow as unknown as AnyWorkflow, options).map((it) => stringify(it, { lineWidth: 0 })).join("---\n")

const documentsOf = (workflow: AnyWorkflow, options: ExportOptions): ReadonlyArray<Yaml> => {
  const plan = planOf(workflow)
  const { image, module, secrets = {}, store } = options
  const issues = refusalsOf(plan, store !== undefined)
  if (issues.length > 0) throw new NotExportable(workflow.name, issues)
  const name = dashed(workflow.name)
  const locks = `${name}-locks`
  const containers = new Containers({ image, module, secrets, store, workflow: workflow.name, version: plan.digest })
  const globalEnd = workflow.onExit === undefined ? undefined : "pinnace-end"
  const all = { containers, locks, globalEnd, pass: passing(containers) }
  const entrypoint = graphTemplate(all, { plan, path: [], name: containers.name("main") })
  const limits = limitsOf(plan, locks, options.namespace)
  return [...limits, {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: metadataOf(workflow, name, options.namespace),
    spec: {
      entrypoint,
      ...options.serviceAccountName === undefined ? {} : { serviceAccountName: options.serviceAccountName },
      ...options.priority === undefined ? {} : { priority: options.priority },
      ...workflow.suspended ? { suspend: true } : {},
      ...Number.isFinite(workflow.timeout) ? { activeDeadlineSeconds: Math.ceil(workflow.timeout / 1000) } : {},
      ...ttlOf(workflow),
      ...synchronizationOf(workflow.permits, locks),
      arguments: { parameters: [inputOf(workflow)] },
      ...workflow.onExit === undefined ? {} : {
        hooks: {
          exit: {
            template: handlerTemplate(all, workflow.onExit, [], { name: containers.name("exit") }),
            arguments: {
              parameters: [
                { name: "status", value: "{{workflow.status}}" },
                { name: "end", value: "{{=workflow?.outputs?.parameters?.['pinnace-end'] ?? ''}}" }
              ]
            }
          }
        }
      },
      templates: containers.templates
    }
  }]
}

/** Adds the template once it is wanted. */
const passing = (containers: Containers): () => string => {
  let name: string | undefined
  return () => name ??= containers.add({ name: containers.name("pass"), suspend: { duration: "0" } })
}

/** The input is asked for where none is not one. */
const inputOf = ({ input }: AnyWorkflow): Yaml => {
  try {
    fromText(input, nothing)
    return { name: inputName, value: nothing }
  } catch {
    return { name: inputName }
  }
}

const metadataOf = ({ description, labels }: AnyWorkflow, name: string, namespace: string | undefined): Yaml => ({
  generateName: `${name}-`,
  ...namespace === undefined ? {} : { namespace },
  ...typeof labels === "function" || Object.keys(labels).length === 0 ? {} : { labels },
  ...description === undefined ? {} : { annotations: { "workflows.argoproj.io/description": description } }
})

const ttlOf = ({ retention }: AnyWorkflow): Yaml => {
  if (retention === undefined) return {}
  const { failure, success } = retention
  const strategy = {
    ...Number.isFinite(success) ? { secondsAfterSuccess: Math.ceil(success / 1000) } : {},
    ...Number.isFinite(failure) ? { secondsAfterFailure: Math.ceil(failure / 1000) } : {}
  }
  return Object.keys(strategy).length === 0 ? {} : { ttlStrategy: strategy }
}

/** The ConfigMap with the limits of semaphores, where there are any. */
const limitsOf = (plan: Plan, name: string, namespace: string | undefined): ReadonlyArray<Yaml> => {
  const data = Object.fromEntries(
    semaphoresOf(plan).filter(({ limit }) => limit > 1).map((it) => [lockKey(it.name), String(it.limit)])
  )
  if (Object.keys(data).length === 0) return []
  const metadata = { name, ...namespace === undefined ? {} : { namespace } }
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata, data }]
}
