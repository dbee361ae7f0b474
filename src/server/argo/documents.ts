/** Templates and CronWorkflows of the store as objects of the API. */
import type { ManifestStore } from "../ManifestStore.ts"
import { GrpcError } from "./grpc.ts"
import { NAMESPACE, uidOf } from "./identity.ts"
import { type Manifest, manifestsIn } from "./specs.ts"
import { fnv32a } from "../../argo/compile/naming.ts"

/** A kind of documents: how its API is called, and what a run that is made from it is labelled with. */
export interface Kind {
  readonly kind: "WorkflowTemplate" | "ClusterWorkflowTemplate" | "CronWorkflow"
  /** As messages name it: `workflowtemplates.argoproj.io "x" not found`. */
  readonly plural: string
  /** Where its API lies. */
  readonly path: string
  readonly hasNamespace: boolean
  /** The field of a request that holds the document. */
  readonly field: string
  readonly label: string
  /** What people type for it. */
  readonly words: ReadonlyArray<string>
}

/** The kinds. */
export const kinds: ReadonlyArray<Kind> = [
  {
    kind: "WorkflowTemplate",
    plural: "workflowtemplates",
    path: "/api/v1/workflow-templates",
    hasNamespace: true,
    field: "template",
    label: "workflows.argoproj.io/workflow-template",
    words: ["workflowtemplate", "workflowtemplates", "wftmpl", "wftmpls"]
  },
  {
    kind: "ClusterWorkflowTemplate",
    plural: "clusterworkflowtemplates",
    path: "/api/v1/cluster-workflow-templates",
    hasNamespace: false,
    field: "template",
    label: "workflows.argoproj.io/cluster-workflow-template",
    words: ["clusterworkflowtemplate", "clusterworkflowtemplates", "cwft", "cwfts", "cwftmpl"]
  },
  {
    kind: "CronWorkflow",
    plural: "cronworkflows",
    path: "/api/v1/cron-workflows",
    hasNamespace: true,
    field: "cronWorkflow",
    label: "workflows.argoproj.io/cron-workflow",
    words: ["cronworkflow", "cronworkflows", "cronwf", "cronwfs", "cwf", "cwfs", "cron"]
  }
]

/** The kind that somebody typed. Throws GrpcError. */
export const kindNamed = (word: string): Kind => {
  const found = kinds.find(({ words }) => words.includes(word.toLowerCase()))
  if (found !== undefined) return found
  throw new GrpcError("InvalidArgument", `Resource kind '${word.slice(0, 50)}' is not supported with submit`)
}

/** A document of the store. */
export interface StoredDocument {
  readonly name: string
  readonly file: string
  readonly manifest: Manifest
}

/** The documents of a kind, by name; of two with one name the first counts. */
export const documentsOf = (store: ManifestStore, { kind }: Kind): ReadonlyArray<StoredDocument> => {
  const found = store.sources().flatMap(({ name: file, text }) =>
    manifestsIn(text).filter((it) => it.kind === kind && typeof it.metadata["name"] === "string").map((manifest) => ({
      name: manifest.metadata["name"] as string,
      file,
      manifest
    }))
  )
  const first = new Map(found.toReversed().map((it) => [it.name, it]))
  return [...first.values()].toSorted((a, b) => a.name < b.name ? -1 : 1)
}

/** The document of this name. */
export const documentOf = (store: ManifestStore, kind: Kind, name: string): StoredDocument | undefined =>
  documentsOf(store, kind).find((it) => it.name === name)

/** What tells two states of a document apart. */
export const versionOf = ({ metadata, spec }: Manifest): string => {
  const { resourceVersion: _, ...rest } = metadata
  return String(fnv32a(JSON.stringify([rest, spec])))
}

/** A document as the API has it. */
export const objectOf = (
  { manifest, name }: StoredDocument,
  { hasNamespace, kind }: Kind
): Record<string, unknown> => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind,
  metadata: {
    ...manifest.metadata,
    name,
    ...(hasNamespace ? { namespace: manifest.metadata["namespace"] ?? NAMESPACE } : {}),
    uid: uidOf(kind, name),
    resourceVersion: versionOf(manifest),
    generation: 1,
    creationTimestamp: manifest.metadata["creationTimestamp"] ?? null
  },
  spec: manifest.spec
})
