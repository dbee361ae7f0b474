/**
 * Every field of a manifest and what becomes of it: the one table behind decoding, the report and the documentation.
 */
import {
  any,
  bool,
  count,
  duration,
  type Fields,
  ignored,
  list,
  map,
  number,
  object,
  old,
  refused,
  scalar,
  seconds,
  sometimes,
  text,
  whole,
  yes
} from "./Field.ts"
import { artifactTables } from "./artifactTables.ts"
import { containerTables } from "./containerTables.ts"
import { pods } from "./pods.ts"

const anyObject = map({ kind: "any" })

const metadata: Fields = {
  name: yes(text),
  generateName: yes(text),
  namespace: yes(text),
  labels: yes(map(text)),
  annotations: yes(map(text)),
  uid: ignored("Runs have identities of their own"),
  creationTimestamp: ignored("Set when the run is created"),
  resourceVersion: ignored("Belongs to a cluster"),
  generation: ignored("Belongs to a cluster"),
  managedFields: ignored("Belongs to a cluster"),
  selfLink: ignored("Belongs to a cluster"),
  ownerReferences: ignored("Belongs to a cluster"),
  finalizers: ignored("Belongs to a cluster")
}

const document = (spec: string): Fields => ({
  apiVersion: ignored("All versions are read alike", text),
  kind: yes(text),
  metadata: yes(object("Metadata")),
  spec: yes(object(spec)),
  status: ignored("What became of a run is in its journal")
})

const workflowSpec: Fields = {
  ...pods,
  serviceAccountName: sometimes(text, "As the variable workflow.serviceAccountName; there are no service accounts"),
  entrypoint: yes(text),
  arguments: yes(object("Arguments")),
  templates: yes(list(object("Template"))),
  onExit: yes(text),
  hooks: yes(map(object("Hook"))),
  parallelism: yes(count),
  activeDeadlineSeconds: yes(duration),
  retryStrategy: yes(object("RetryStrategy")),
  synchronization: yes(object("Synchronization")),
  workflowTemplateRef: yes(object("WorkflowTemplateRef")),
  templateDefaults: yes(object("Template")),
  workflowMetadata: yes(object("WorkflowMetadata")),
  volumes: yes(list(object("Volume"))),
  volumeClaimTemplates: yes(list({ kind: "any" })),
  volumeClaimGC: yes(object("VolumeClaimGC")),
  artifactRepositoryRef: yes(object("RepositoryRef")),
  archiveLogs: ignored("Logs are always kept with the run", bool),
  artifactGC: yes(object("ArtifactGC")),
  ttlStrategy: yes(object("TtlStrategy")),
  podGC: ignored("There are no pods"),
  priority: yes(number),
  podPriority: ignored("There are no pods"),
  suspend: yes(bool),
  shutdown: refused("A run is stopped by a command, not by its manifest"),
  metrics: yes(object("Metrics")),
  executorPlugins: refused("Give the ExecutorPlugin among the files, or --plugin NAME=URL")
}

const template: Fields = {
  ...pods,
  name: yes(text),
  inputs: yes(object("Inputs")),
  outputs: yes(object("Outputs")),
  metadata: ignored("There are no pods to carry it"),
  annotations: yes(map(text)),
  steps: yes(list(list(object("Step")))),
  dag: yes(object("Dag")),
  container: yes(object("Container")),
  script: yes(object("Script")),
  suspend: yes(object("Suspend")),
  containerSet: yes(object("ContainerSet")),
  resource: yes(object("Resource")),
  http: yes(object("Http")),
  plugin: sometimes(map(any), "With --plugin NAME=URL, or an ExecutorPlugin among the files"),
  data: yes(object("Data")),
  initContainers: yes(list(object("Sidecar"))),
  sidecars: yes(list(object("Sidecar"))),
  daemon: yes(bool),
  parallelism: yes(count),
  failFast: yes(bool),
  retryStrategy: yes(object("RetryStrategy")),
  activeDeadlineSeconds: yes(duration),
  timeout: yes(duration),
  resubmitPendingPods: ignored("Of earlier versions; nothing waits for a place on a node", bool),
  pendingTimeout: ignored("Nothing waits for a place on a node", text),
  memoize: yes(object("Memoize")),
  synchronization: yes(object("Synchronization")),
  volumes: yes(list(object("Volume"))),
  archiveLocation: yes(object("ArchiveLocation")),
  metrics: yes(object("Metrics")),
  priority: ignored("There is no scheduler")
}

const step: Fields = {
  name: yes(text),
  template: yes(text),
  templateRef: yes(object("TemplateRef")),
  inline: yes(object("Template")),
  arguments: yes(object("Arguments")),
  when: yes(text),
  withItems: yes(list({ kind: "any" })),
  withParam: yes(text),
  withSequence: yes(object("Sequence")),
  continueOn: yes(object("ContinueOn")),
  onExit: old(text, "hooks: {exit: {template: …}}"),
  hooks: yes(map(object("Hook")))
}

const flow: Readonly<Record<string, Fields>> = {
  Step: step,
  Task: { ...step, depends: yes(text), dependencies: yes(list(text)) },
  Dag: {
    tasks: yes(list(object("Task"))),
    target: yes(text),
    failFast: ignored("Branches that do not need what failed go on either way, as under Argo's controller", bool)
  },
  Hook: {
    template: yes(text),
    templateRef: yes(object("TemplateRef")),
    arguments: yes(object("Arguments")),
    expression: yes(text)
  },
  Sequence: { count: yes(whole), start: yes(whole), end: yes(whole), format: yes(text) },
  ContinueOn: { failed: yes(bool), error: yes(bool) },
  Resource: {
    action: yes(text),
    manifest: yes(text),
    successCondition: yes(text),
    failureCondition: yes(text),
    manifestFrom: refused("Write the manifest into the template"),
    setOwnerReference: ignored("What a workflow creates ends with it", bool),
    mergeStrategy: sometimes(text, "With --kubectl; patches of ConfigMaps and Secrets here are merged"),
    flags: sometimes(list(text), "With --kubectl, for whom they are")
  },
  Suspend: { duration: yes(duration) },
  TtlStrategy: {
    secondsAfterCompletion: yes(seconds),
    secondsAfterSuccess: yes(seconds),
    secondsAfterFailure: yes(seconds)
  },
  VolumeClaimGC: { strategy: yes(text) },
  Metrics: { prometheus: yes(list(object("Metric"))) },
  Metric: {
    name: yes(text),
    help: yes(text),
    labels: yes(list(object("MetricLabel"))),
    when: yes(text),
    counter: yes(object("MetricCounter")),
    gauge: yes(object("MetricGauge")),
    histogram: yes(object("MetricHistogram"))
  },
  MetricLabel: { key: yes(text), value: yes(scalar) },
  MetricCounter: { value: yes(scalar) },
  MetricGauge: { value: yes(scalar), realtime: yes(bool), operation: yes(text) },
  MetricHistogram: { value: yes(scalar), buckets: yes(list(number)) },
  TemplateRef: { name: yes(text), template: yes(text), clusterScope: yes(bool) },
  WorkflowTemplateRef: { name: yes(text), clusterScope: yes(bool) },
  RetryStrategy: {
    limit: yes(whole),
    retryPolicy: yes(text),
    expression: yes(text),
    backoff: yes(object("Backoff")),
    affinity: ignored("There are no nodes to choose from")
  },
  Backoff: { duration: yes(duration), factor: yes(whole), maxDuration: yes(duration), cap: yes(duration) },
  Memoize: { key: yes(text), maxAge: yes(duration), cache: yes(object("Cache")) },
  Cache: { configMap: yes(object("KeySelector")) },
  Synchronization: {
    mutexes: yes(list(object("Mutex"))),
    semaphores: yes(list(object("Semaphore"))),
    mutex: old(object("Mutex"), "mutexes: [{…}]", "mutexes"),
    semaphore: old(object("Semaphore"), "semaphores: [{…}]", "semaphores")
  },
  Mutex: { name: yes(text), namespace: yes(text), database: yes(bool) },
  DatabaseLimit: { key: yes(text) },
  Semaphore: {
    configMapKeyRef: yes(object("KeySelector")),
    namespace: yes(text),
    database: sometimes(
      object("DatabaseLimit"),
      "The limit is in the state file, 1 at first: locks set NAMESPACE/Database/KEY N"
    )
  }
}

const parameters: Readonly<Record<string, Fields>> = {
  Arguments: { parameters: yes(list(object("Parameter"))), artifacts: yes(list(object("Artifact"))) },
  Inputs: { parameters: yes(list(object("Parameter"))), artifacts: yes(list(object("Artifact"))) },
  Outputs: {
    parameters: yes(list(object("Parameter"))),
    artifacts: yes(list(object("Artifact"))),
    result: ignored("Filled in by the run", text),
    exitCode: ignored("Filled in by the run", text)
  },
  Parameter: {
    name: yes(text),
    value: yes(scalar),
    default: yes(scalar),
    enum: yes(list(scalar)),
    description: ignored("For people", text),
    globalName: yes(text),
    valueFrom: yes(object("ValueFrom"))
  },
  ValueFrom: {
    path: yes(text),
    parameter: yes(text),
    expression: yes(text),
    default: yes(scalar),
    supplied: yes(anyObject),
    configMapKeyRef: yes(object("KeySelector")),
    event: refused("Events start no runs here", text),
    jsonPath: yes(text),
    jqFilter: yes(text)
  },
  KeySelector: { name: yes(text), key: yes(text), optional: yes(bool) }
}

const stores: Fields = {
  apiVersion: ignored("All versions are read alike", text),
  kind: yes(text),
  metadata: yes(object("Metadata")),
  data: yes(map(scalar)),
  stringData: yes(map(scalar)),
  binaryData: yes(map(text)),
  immutable: ignored("Nothing changes it", bool),
  type: ignored("All secrets are alike", text),
  spec: ignored("A claim is a directory"),
  status: ignored("A claim is a directory")
}

const cron: Fields = {
  workflowSpec: yes(object("WorkflowSpec")),
  workflowMetadata: yes(object("Metadata")),
  schedule: old(text, 'schedules: ["…"]', "schedules"),
  schedules: yes(list(text)),
  timezone: yes(text),
  suspend: yes(bool),
  concurrencyPolicy: yes(text),
  startingDeadlineSeconds: yes(seconds),
  successfulJobsHistoryLimit: yes(count),
  failedJobsHistoryLimit: yes(count),
  stopStrategy: yes(object("StopStrategy")),
  when: yes(text)
}

/** Objects by name, each with its fields. */
export const supportTable: Readonly<Record<string, Fields>> = {
  ...flow,
  ...parameters,
  ...artifactTables,
  ...containerTables,
  Metadata: metadata,
  WorkflowMetadata: {
    labels: yes(map(text)),
    annotations: yes(map(text)),
    labelsFrom: yes(map(object("LabelValueFrom")))
  },
  LabelValueFrom: { expression: yes(text) },
  Workflow: document("WorkflowSpec"),
  CronWorkflow: document("CronSpec"),
  CronSpec: cron,
  StopStrategy: { expression: yes(text), condition: yes(text) },
  WorkflowSpec: workflowSpec,
  Template: template,
  ExecutorPlugin: {
    apiVersion: ignored("All versions are read alike", text),
    kind: yes(text),
    metadata: yes(object("Metadata")),
    spec: yes(object("PluginSpec"))
  },
  PluginSpec: { sidecar: yes(object("PluginSidecar")) },
  PluginSidecar: {
    container: yes(object("Container")),
    automountServiceAccountToken: ignored("There are no service accounts", bool)
  },
  Store: stores
}
