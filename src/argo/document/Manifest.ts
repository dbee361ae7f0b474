/** Manifests as typed values: what `decode` makes of YAML. Scalars that Argo takes in several spellings are texts. */
import type { Container, ContainerSet, Script, SecurityContext, Volume } from "./Container.ts"
import type { GitSource, HttpSource, KeySelector, S3Location } from "./Locations.ts"

/** A workflow, workflow template or cluster workflow template. */
export interface WorkflowDocument {
  readonly kind: "Workflow" | "WorkflowTemplate" | "ClusterWorkflowTemplate" | "CronWorkflow"
  readonly metadata: Metadata
  readonly spec: WorkflowSpec
  /** Of a CronWorkflow, all but the spec of its runs. */
  readonly cron?: CronFields
}

/** When a CronWorkflow is due and what becomes of its runs, as written. */
export interface CronFields {
  readonly schedules?: ReadonlyArray<string>
  readonly timezone?: string
  readonly suspend?: boolean
  readonly concurrencyPolicy?: string
  readonly startingDeadlineSeconds?: number
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
  readonly stopStrategy?: { readonly expression?: string; readonly condition?: string }
  readonly when?: string
  /** Labels and annotations of its runs. */
  readonly workflowMetadata?: Metadata
}

/** Names and labels. */
export interface Metadata {
  /** The name within its kind of resource. */
  readonly name?: string
  /** What a name that is made begins with, where `name` is absent. */
  readonly generateName?: string
  /** The namespace in Kubernetes, which says nothing of where it runs here. */
  readonly namespace?: string
  /** Labels, by which selectors find it. */
  readonly labels?: Readonly<Record<string, string>>
  /** Notes of tools and people, which selectors do not see. */
  readonly annotations?: Readonly<Record<string, string>>
}

/** An executor plugin. */
export interface PluginDocument {
  readonly metadata: Metadata
  readonly spec: { readonly sidecar?: { readonly container?: Container } }
}

/** A ConfigMap, Secret or PersistentVolumeClaim. */
export interface StoreDocument {
  readonly kind: "ConfigMap" | "Secret" | "PersistentVolumeClaim"
  readonly metadata: Metadata
  /** Texts by key; a Secret's are decoded. */
  readonly data: Readonly<Record<string, string>>
  /** The file it can be read from again. */
  readonly path?: string
}

/** What a workflow does. */
export interface WorkflowSpec {
  readonly serviceAccountName?: string
  readonly entrypoint?: string
  /** Labels and annotations of its runs. */
  readonly workflowMetadata?: Metadata & {
    readonly labelsFrom?: Readonly<Record<string, { readonly expression?: string }>>
  }
  readonly arguments?: Parameters
  readonly templates?: ReadonlyArray<Template>
  readonly onExit?: string
  readonly hooks?: Readonly<Record<string, Hook>>
  readonly parallelism?: number
  readonly activeDeadlineSeconds?: string
  readonly retryStrategy?: RetryStrategy
  readonly synchronization?: Synchronization
  readonly workflowTemplateRef?: { readonly name?: string; readonly clusterScope?: boolean }
  readonly templateDefaults?: Template
  readonly volumes?: ReadonlyArray<Volume>
  readonly volumeClaimTemplates?: ReadonlyArray<unknown>
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly suspend?: boolean
  readonly ttlStrategy?: TtlStrategy
  readonly artifactGC?: ArtifactGC
  /** The ConfigMap, and the key in it, that describe where artifacts are kept. */
  readonly artifactRepositoryRef?: { readonly configMap?: string; readonly key?: string }
  readonly securityContext?: SecurityContext
  readonly volumeClaimGC?: { readonly strategy?: string }
  readonly metrics?: Metrics
}

/** What is emitted when a workflow or the node of a template has ended. */
export interface Metrics {
  readonly prometheus?: ReadonlyArray<MetricSpec>
}

/** A metric, as written. */
export interface MetricSpec {
  readonly name?: string
  readonly help?: string
  readonly labels?: ReadonlyArray<{ readonly key?: string; readonly value?: string }>
  readonly when?: string
  readonly counter?: { readonly value?: string }
  readonly gauge?: { readonly value?: string; readonly realtime?: boolean; readonly operation?: string }
  readonly histogram?: { readonly value?: string; readonly buckets?: ReadonlyArray<number> }
}

/** How long a run is kept after its end, in seconds; the more specific time counts. */
export interface TtlStrategy {
  readonly secondsAfterCompletion?: number
  readonly secondsAfterSuccess?: number
  readonly secondsAfterFailure?: number
}

/** When artifacts are deleted: `Never` (the default), `OnWorkflowCompletion` or `OnWorkflowDeletion`. */
export interface ArtifactGC {
  readonly strategy?: string
}

/** Something a node can be. */
export interface Template {
  readonly name?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly inputs?: Parameters
  readonly outputs?: Parameters
  readonly steps?: ReadonlyArray<ReadonlyArray<Call>>
  readonly dag?: Dag
  readonly container?: Container
  readonly script?: Script
  readonly suspend?: { readonly duration?: string }
  readonly containerSet?: ContainerSet
  readonly http?: HttpRequest
  readonly resource?: Resource
  readonly data?: Data
  /** Names of plugins with what they are given. */
  readonly plugin?: Readonly<Record<string, unknown>>
  readonly initContainers?: ReadonlyArray<Container>
  readonly sidecars?: ReadonlyArray<Container>
  readonly daemon?: boolean
  readonly parallelism?: number
  readonly failFast?: boolean
  readonly retryStrategy?: RetryStrategy
  readonly activeDeadlineSeconds?: string
  readonly timeout?: string
  readonly memoize?: Memoize
  readonly synchronization?: Synchronization
  readonly volumes?: ReadonlyArray<Volume>
  readonly archiveLocation?: { readonly s3?: S3Location }
  readonly securityContext?: SecurityContext
  readonly metrics?: Metrics
}

/** Parameters and artifacts that go in or out. */
export interface Parameters {
  readonly parameters?: ReadonlyArray<Parameter>
  readonly artifacts?: ReadonlyArray<Artifact>
}

/** A text by name. */
export interface Parameter {
  readonly name?: string
  readonly value?: string
  readonly default?: string
  readonly enum?: ReadonlyArray<string>
  readonly globalName?: string
  readonly valueFrom?: ValueFrom
}

/** Where a parameter's value comes from. */
export interface ValueFrom {
  readonly path?: string
  readonly parameter?: string
  readonly expression?: string
  readonly default?: string
  readonly supplied?: object
  readonly configMapKeyRef?: KeySelector
  readonly jsonPath?: string
  /** A filter of jq. */
  readonly jqFilter?: string
}

/** A file or directory by name. */
export interface Artifact {
  readonly name?: string
  readonly path?: string
  readonly from?: string
  readonly fromExpression?: string
  readonly raw?: { readonly data?: string }
  readonly s3?: S3Location
  readonly http?: HttpSource
  readonly git?: GitSource
  readonly gcs?: { readonly key?: string }
  readonly oss?: { readonly key?: string }
  readonly azure?: { readonly blob?: string }
  readonly optional?: boolean
  readonly subPath?: string
  readonly globalName?: string
  /** Of what is put for a process, in octal digits or as a number. */
  readonly mode?: string
  readonly recurseMode?: boolean
  /** How it is packed in S3; default tar and gzip. */
  readonly archive?: {
    readonly none?: object
    readonly tar?: { readonly compressionLevel?: unknown }
    readonly zip?: object
  }
  readonly artifactGC?: ArtifactGC
}

/** A step or a task of a DAG. */
export interface Call {
  readonly name?: string
  readonly template?: string
  readonly templateRef?: TemplateRef
  readonly inline?: Template
  readonly arguments?: Parameters
  readonly when?: string
  readonly withItems?: ReadonlyArray<unknown>
  readonly withParam?: string
  readonly withSequence?: Sequence
  readonly continueOn?: { readonly failed?: boolean; readonly error?: boolean }
  readonly onExit?: string
  readonly hooks?: Readonly<Record<string, Hook>>
  /** Tasks only. */
  readonly depends?: string
  /** Tasks only. */
  readonly dependencies?: ReadonlyArray<string>
}

/** A template of another document. */
export interface TemplateRef {
  readonly name?: string
  readonly template?: string
  readonly clusterScope?: boolean
}

/** Numbers to loop over. */
export interface Sequence {
  readonly count?: string
  readonly start?: string
  readonly end?: string
  readonly format?: string
}

/** Tasks and what they depend on. */
export interface Dag {
  readonly tasks?: ReadonlyArray<Call>
  readonly target?: string
}

/** What runs when something happens to a node. */
export interface Hook {
  readonly template?: string
  readonly templateRef?: TemplateRef
  readonly arguments?: Parameters
  readonly expression?: string
}

/** When a node is tried again. */
export interface RetryStrategy {
  readonly limit?: string
  readonly retryPolicy?: string
  readonly expression?: string
  readonly backoff?: {
    readonly duration?: string
    readonly factor?: string
    readonly maxDuration?: string
    readonly cap?: string
  }
}

/** When a result is taken from the memo table. */
export interface Memoize {
  readonly key?: string
  readonly maxAge?: string
  readonly cache?: { readonly configMap?: KeySelector }
}

/** Locks to hold. */
export interface Synchronization {
  readonly mutexes?: ReadonlyArray<{ readonly name?: string; readonly namespace?: string; readonly database?: boolean }>
  readonly semaphores?: ReadonlyArray<{
    readonly configMapKeyRef?: KeySelector
    readonly database?: { readonly key?: string }
    readonly namespace?: string
  }>
}

/** An object to make or change. */
export interface Resource {
  readonly action?: string
  /** YAML or JSON. */
  readonly manifest?: string
  readonly successCondition?: string
  readonly failureCondition?: string
  /** `strategic` (the default), `merge` or `json`. */
  readonly mergeStrategy?: string
  /** Further flags of kubectl. */
  readonly flags?: ReadonlyArray<string>
}

/** A request to send. */
export interface HttpRequest {
  readonly url?: string
  readonly method?: string
  readonly headers?: ReadonlyArray<{
    readonly name?: string
    readonly value?: string
    readonly valueFrom?: { readonly secretKeyRef?: KeySelector }
  }>
  readonly body?: string
  readonly timeoutSeconds?: string
  readonly successCondition?: string
}

/** Keys of artifacts, transformed. */
export interface Data {
  readonly source?: { readonly artifactPaths?: Artifact }
  readonly transformation?: ReadonlyArray<{ readonly expression?: string }>
}
