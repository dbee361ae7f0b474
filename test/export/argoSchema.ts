/**
 * The fields of Argo's objects that an export writes, with the types of Argo's own JSON schema
 * (argoproj/argo-workflows, api/jsonschema/schema.json, v4). Argo's schema lets any other field pass, and its server
 * refuses it: so it is a fault here.
 */
import * as Schema from "effect/Schema"
import { parseAllDocuments } from "yaml"

const text = Schema.String
const maybe = Schema.optionalKey
const list = <S extends Schema.Top>(item: S) => maybe(Schema.Array(item))
const texts = maybe(Schema.Record(text, text))
const whole = maybe(Schema.Int)
const intOrString = maybe(Schema.Union([Schema.Int, text]))

const keySelector = maybe(Schema.Struct({ key: text, name: maybe(text), optional: maybe(Schema.Boolean) }))

const Parameter = Schema.Struct({
  name: text,
  value: maybe(text),
  default: maybe(text),
  globalName: maybe(text),
  valueFrom: maybe(Schema.Struct({
    default: maybe(text),
    expression: maybe(text),
    parameter: maybe(text),
    path: maybe(text),
    supplied: maybe(Schema.Struct({}))
  }))
})

const parameters = maybe(Schema.Struct({ parameters: list(Parameter) }))

const hooks = maybe(Schema.Record(
  text,
  Schema.Struct({ template: maybe(text), expression: maybe(text), arguments: parameters })
))

const synchronization = maybe(Schema.Struct({
  mutexes: list(Schema.Struct({ name: maybe(text) })),
  semaphores: list(Schema.Struct({ configMapKeyRef: keySelector }))
}))

const Task = Schema.Struct({
  name: text,
  template: maybe(text),
  depends: maybe(text),
  when: maybe(text),
  withParam: maybe(text),
  arguments: parameters,
  hooks
})

const Container = Schema.Struct({
  image: text,
  command: list(text),
  args: list(text),
  env: list(Schema.Struct({
    name: text,
    value: maybe(text),
    valueFrom: maybe(Schema.Struct({ secretKeyRef: keySelector }))
  }))
})

const backoff = maybe(Schema.Struct({
  duration: maybe(text),
  factor: intOrString,
  cap: maybe(text),
  maxDuration: maybe(text)
}))

const Template = Schema.Struct({
  name: text,
  inputs: parameters,
  outputs: parameters,
  container: maybe(Container),
  dag: maybe(Schema.Struct({ tasks: Schema.Array(Task), target: maybe(text), failFast: maybe(Schema.Boolean) })),
  suspend: maybe(Schema.Struct({ duration: maybe(text) })),
  retryStrategy: maybe(Schema.Struct({
    limit: intOrString,
    retryPolicy: maybe(Schema.Literals(["Always", "OnFailure", "OnError", "OnTransientError"])),
    expression: maybe(text),
    backoff
  })),
  activeDeadlineSeconds: intOrString,
  parallelism: whole,
  nodeSelector: texts,
  synchronization
})

const Metadata = Schema.Struct({
  name: maybe(text),
  generateName: maybe(text),
  namespace: maybe(text),
  labels: texts,
  annotations: texts
})

const Workflow = Schema.Struct({
  apiVersion: Schema.Literal("argoproj.io/v1alpha1"),
  kind: Schema.Literal("Workflow"),
  metadata: Metadata,
  spec: Schema.Struct({
    entrypoint: text,
    arguments: parameters,
    templates: Schema.Array(Template),
    hooks,
    synchronization,
    serviceAccountName: maybe(text),
    priority: whole,
    suspend: maybe(Schema.Boolean),
    activeDeadlineSeconds: whole,
    ttlStrategy: maybe(Schema.Struct({ secondsAfterSuccess: whole, secondsAfterFailure: whole }))
  })
})

const ConfigMap = Schema.Struct({
  apiVersion: Schema.Literal("v1"),
  kind: Schema.Literal("ConfigMap"),
  metadata: Metadata,
  data: Schema.Record(text, text)
})

const decode = Schema.decodeUnknownSync(Schema.Union([Workflow, ConfigMap]), {
  onExcessProperty: "error",
  errors: "all"
})

/** What Argo's schema finds wrong with the documents of an export. */
export const schemaFaults = (manifest: string): ReadonlyArray<string> =>
  parseAllDocuments(manifest).flatMap((document) => {
    try {
      decode(document.toJS())
      return []
    } catch (error) {
      return [String(error)]
    }
  })
