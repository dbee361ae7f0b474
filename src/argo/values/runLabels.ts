/** The labels of a run: those of its manifest, as Argo puts them on the workflow it creates. */
import { BadArgument } from "../document/BadArgument.ts"
import { cronLabel } from "../cron/CronRuns.ts"
import type { Metadata } from "../document/Manifest.ts"
import { substitute } from "../language/template/substitute.ts"
import { Variables } from "../language/template/Variables.ts"
import { globalVariables } from "./globals.ts"
import { parametersOf, type ParameterSources } from "./runParameters.ts"
import type { Submission } from "../compile/submission.ts"

/** The facts of the run that labels can be made of. */
export interface Beginning {
  readonly id: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly given: Readonly<Record<string, string>>
}

/** The labels. Throws BadArgument when the expression of one gives none. */
export const runLabels = (
  sources: Submission & ParameterSources,
  beginning: Beginning
): Readonly<Record<string, string>> => {
  const { spec } = sources
  const { labels, labelsFrom = {} } = spec.workflowMetadata ?? {}
  const fixed = { ...ownLabels(sources), ...labels }
  const wanted = Object.entries(labelsFrom)
  if (wanted.length === 0) return fixed
  const { createdAt, given, id, name } = beginning
  const parameters = parametersOf(sources, given)
  const metadata: Metadata = { ...sources.owner.document.metadata, labels: fixed }
  const globals = globalVariables({ name, uid: id, metadata, spec, createdAt, parameters })
  const how = { variables: new Variables(globals), now: () => createdAt }
  return {
    ...fixed,
    ...Object.fromEntries(wanted.map(([label, { expression = "" }]) => [label, valueOf(label, expression, how)]))
  }
}

const valueOf = (label: string, expression: string, how: Parameters<typeof substitute>[1]): string => {
  try {
    return substitute(`{{=${expression}}}`, how)
  } catch (error) {
    throw new BadArgument(`failed to evaluate label "${label}": ${(error as Error).message}`)
  }
}

const ownLabels = ({ owner: { document } }: Submission): Readonly<Record<string, string>> => {
  const { cron, kind, metadata, spec } = document
  const ref = spec.workflowTemplateRef
  const template = ref?.name ?? (kind.endsWith("WorkflowTemplate") ? metadata.name : undefined)
  const isCluster = ref === undefined ? kind === "ClusterWorkflowTemplate" : ref.clusterScope === true
  return {
    ...(cron === undefined ? metadata.labels : { ...cron.workflowMetadata?.labels, [cronLabel]: metadata.name ?? "" }),
    ...(template === undefined
      ? {}
      : { [`workflows.argoproj.io/${isCluster ? "cluster-workflow-template" : "workflow-template"}`]: template })
  }
}
