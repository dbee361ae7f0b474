/** The names that tags can refer to in one place. */
import type { Call, Parameters } from "../document/Manifest.ts"
import type { TemplateSubject } from "./Subject.ts"

/** A set of names; `a.*` stands for every name that begins with `a.`. */
export class Scope {
  readonly #names: ReadonlySet<string>
  readonly #parent: Scope | undefined

  constructor(names: Iterable<string>, parent?: Scope) {
    this.#names = new Set(names)
    this.#parent = parent
  }

  /** This scope and more. */
  with(names: Iterable<string>): Scope {
    return new Scope(names, this)
  }

  /** Whether a name has a value here. */
  has(name: string): boolean {
    if (this.#names.has(name)) return true
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      if (this.#names.has(`${name.slice(0, dot)}.*`)) return true
    }
    return this.#parent?.has(name) ?? false
  }

  /** All names, for hints. */
  get names(): ReadonlyArray<string> {
    return [...this.#names, ...(this.#parent?.names ?? [])]
  }
}

const workflowNames = [
  "name",
  "namespace",
  "uid",
  "mainEntrypoint",
  "serviceAccountName",
  "creationTimestamp",
  "creationTimestamp.*",
  "priority",
  "duration",
  "status",
  "failures",
  "scheduledTime",
  "parameters",
  "parameters.json",
  "labels",
  "labels.*",
  "annotations",
  "annotations.*",
  "outputs.*"
].map((name) => `workflow.${name}`)

const everywhere = [
  "node.name",
  "pod.name",
  "steps.name",
  "tasks.name",
  "retries",
  "lastRetry.exitCode",
  "lastRetry.status",
  "lastRetry.duration",
  "lastRetry.message",
  "cronworkflow.*"
]

/** What every text of a template can read. */
export const templateScope = (subject: TemplateSubject): Scope => {
  const { template, owner } = subject
  return new Scope([
    ...everywhere,
    ...workflowNames,
    ...globals(subject),
    ...inputNames(template.inputs),
    ...(template.outputs?.parameters ?? []).map(({ name }) => `outputs.parameters.${name}.path`),
    ...(template.outputs?.artifacts ?? []).map(({ name }) => `outputs.artifacts.${name}.path`),
    "outputs.result",
    "outputs.exitCode",
    ...(owner.document.kind === "CronWorkflow" ? ["cronworkflow.*"] : [])
  ])
}

/** A template document is also used by workflows with other parameters, so only a workflow's own are known. */
const globals = ({ owner, library }: TemplateSubject): ReadonlyArray<string> => {
  const { kind, spec } = owner.document
  if (kind !== "Workflow" && kind !== "CronWorkflow") return ["workflow.parameters.*"]
  const ref = spec.workflowTemplateRef
  const other = ref === undefined ? undefined : library.document(ref.name ?? "", ref.clusterScope === true)
  return [spec.arguments, other?.document.spec.arguments].flatMap((list) =>
    (list?.parameters ?? []).map(({ name }) => `workflow.parameters.${name}`)
  )
}

const inputNames = (inputs: Parameters | undefined): ReadonlyArray<string> => [
  "inputs.parameters",
  "inputs.artifacts",
  ...(inputs?.parameters ?? []).map(({ name }) => `inputs.parameters.${name}`),
  ...(inputs?.artifacts ?? []).flatMap(({ name }) => [`inputs.artifacts.${name}`, `inputs.artifacts.${name}.path`])
]

const ofNode = [
  "id",
  "ip",
  "status",
  "exitCode",
  "startedAt",
  "finishedAt",
  "hostNodeName",
  "outputs.result",
  "outputs.parameters",
  "outputs.exitCode"
]

/** What a step or task that ended offers to others. */
export const resultsOf = (subject: TemplateSubject, call: Call, kind: "steps" | "tasks"): ReadonlyArray<string> => {
  const prefix = `${kind}.${call.name}`
  const called = subject.library.called(subject.owner, call)
  const outputs = called?.template.outputs
  if (called === undefined) return [`${prefix}.*`]
  return [
    ...ofNode.map((name) => `${prefix}.${name}`),
    ...(outputs?.parameters ?? []).map(({ name }) => `${prefix}.outputs.parameters.${name}`),
    ...(outputs?.artifacts ?? []).map(({ name }) => `${prefix}.outputs.artifacts.${name}`)
  ]
}
