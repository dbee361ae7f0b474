/**
 * Kubernetes' strategic merge, with the merge keys that Argo's types declare. Maps are merged field by field; a list
 * with a key is merged element by element, in the order of the base with new elements behind; any other list, and any
 * scalar, is replaced.
 */
import type { Template, WorkflowSpec } from "./Manifest.ts"

type Fields = Readonly<Record<string, unknown>>

/** By which field the elements of a list are told apart, by the name of the list. */
const keys: ReadonlyMap<string, string> = new Map([
  ["artifacts", "name"],
  ["containers", "name"],
  ["env", "name"],
  ["hostAliases", "ip"],
  ["imagePullSecrets", "name"],
  ["initContainers", "name"],
  ["parameters", "name"],
  ["ports", "containerPort"],
  ["sidecars", "name"],
  ["tasks", "name"],
  ["templates", "name"],
  ["tolerations", "key"],
  ["volumeDevices", "devicePath"],
  ["volumeMounts", "mountPath"],
  ["volumes", "name"]
])

/** What `own` says, and what only `base` says; neither is changed. */
export const merge = <A>(base: A, own: A): A => mergeValues(base, own, undefined) as A

const mergeValues = (base: unknown, own: unknown, field: string | undefined): unknown => {
  if (own === undefined) return base
  if (isFields(base) && isFields(own)) return mergeFields(base, own)
  const key = field === undefined ? undefined : keys.get(field)
  if (key !== undefined && isListBy(key, base) && isListBy(key, own)) return mergeLists(base, own, key)
  return own
}

const mergeFields = (base: Fields, own: Fields): Fields =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(own)])].map((name) => [
      name,
      mergeValues(base[name], own[name], name)
    ])
  )

const mergeLists = (base: ReadonlyArray<Fields>, own: ReadonlyArray<Fields>, key: string): ReadonlyArray<unknown> => {
  const mine = new Map(own.map((element) => [element[key], element]))
  const known = new Set(base.map((element) => element[key]))
  return [
    ...base.map((element) => mine.has(element[key]) ? mergeFields(element, mine.get(element[key])!) : element),
    ...own.filter((element) => !known.has(element[key]))
  ]
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isListBy = (key: string, value: unknown): value is ReadonlyArray<Fields> =>
  Array.isArray(value) && value.every((element) => isFields(element) && element[key] !== undefined)

/**
 * The spec of a workflow on that of the template it refers to.
 * Arguments and hooks of one name are the workflow's own as a whole.
 */
export const mergeSpecs = (base: WorkflowSpec, own: WorkflowSpec): WorkflowSpec => {
  const made = merge(base, own)
  const hooks = { ...base.hooks, ...own.hooks }
  return {
    ...made,
    ...(Object.keys(hooks).length === 0 ? {} : { hooks }),
    arguments: {
      parameters: whole(base.arguments?.parameters, own.arguments?.parameters),
      artifacts: whole(base.arguments?.artifacts, own.arguments?.artifacts)
    }
  }
}

const whole = <A extends { readonly name?: string }>(
  base: ReadonlyArray<A> = [],
  own: ReadonlyArray<A> = []
): ReadonlyArray<A> => [
  ...base.map((it) => own.find(({ name }) => name === it.name) ?? it),
  ...own.filter((it) => !base.some(({ name }) => name === it.name))
]

const bodies = ["container", "script", "steps", "dag", "suspend", "resource", "http", "data", "plugin", "containerSet"]

/** A template on the defaults of its workflow; defaults of another type of template do not count. */
export const withTemplateDefaults = (template: Template, defaults: Template | undefined): Template => {
  if (defaults === undefined) return template
  const own = bodies.filter((name) => name in template)
  const foreign = (name: string) => own.length > 0 && bodies.includes(name) && !own.includes(name)
  return Object.fromEntries(Object.entries(merge(defaults, template)).filter(([name]) => !foreign(name))) as Template
}
