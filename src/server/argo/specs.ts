/** What was submitted, read from the definition that is kept for a run. */
import { parseAllDocuments } from "yaml"

/** A manifest as plain data. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: Readonly<Record<string, unknown>>
}

/** The spec of a run, and what it was made from. */
export interface Submitted {
  readonly spec: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** The template that the spec refers to as a whole. */
  readonly template?: Manifest
}

const most = 64
const known = new Map<string, Submitted>()

/** The spec that a kept definition holds; the same digest is read once. */
export const submittedOf = (digest: string, text: string): Submitted => {
  const found = known.get(digest) ?? read(text)
  known.delete(digest)
  known.set(digest, found)
  if (known.size > most) known.delete(known.keys().next().value!)
  return found
}

interface Kept {
  readonly workflow?: string
  readonly entrypoint?: string
  readonly files: ReadonlyArray<{ readonly text: string }>
}

const read = (text: string): Submitted => {
  const { entrypoint, files, workflow } = JSON.parse(text) as Kept
  const all = files.flatMap((file) => manifestsIn(file.text))
  const called = ({ metadata }: Manifest) => workflow === (metadata["name"] ?? metadata["generateName"])
  const ranked = all.toSorted((a, b) => rank(a.kind) - rank(b.kind))
  const own = ranked.find((it) => rank(it.kind) < 9 && called(it)) ?? ranked[0]
  if (own === undefined) return { spec: {}, metadata: {} }
  const entry = entrypoint === undefined ? {} : { entrypoint }
  if (own.kind === "CronWorkflow") return withTemplate({ ...asObject(own.spec["workflowSpec"]), ...entry }, {}, all)
  if (own.kind === "Workflow") return withTemplate({ ...own.spec, ...entry }, own.metadata, all)
  const clusterScope = own.kind === "ClusterWorkflowTemplate" ? { clusterScope: true } : {}
  const spec = { workflowTemplateRef: { name: own.metadata["name"], ...clusterScope }, ...entry }
  return { spec: { ...spec, arguments: own.spec["arguments"] ?? {} }, metadata: {}, template: own }
}

const withTemplate = (
  spec: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
  all: ReadonlyArray<Manifest>
): Submitted => {
  const ref = spec["workflowTemplateRef"] as { readonly name?: string; readonly clusterScope?: boolean } | undefined
  const kind = ref?.clusterScope === true ? "ClusterWorkflowTemplate" : "WorkflowTemplate"
  const template = ref === undefined
    ? undefined
    : all.find((it) => it.kind === kind && it.metadata["name"] === ref.name)
  return { spec, metadata, ...(template === undefined ? {} : { template }) }
}

const kinds = ["Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate"]
const rank = (kind: string): number => kinds.includes(kind) ? kinds.indexOf(kind) : 9

/** The manifests of a file as plain data; documents that are none are left out. */
export const manifestsIn = (text: string): ReadonlyArray<Manifest> =>
  parseAllDocuments(text, { logLevel: "silent" }).flatMap((document) => {
    try {
      return listed(document.toJS({ maxAliasCount: 100 }))
    } catch {
      return []
    }
  })

/** The part of a text that is one manifest and nothing else, as it was written: what stands beside may be a Secret. */
export const textOf = (text: string, kind: string, name: string): string | undefined => {
  const own = parseAllDocuments(text, { logLevel: "silent" }).find((document) => {
    try {
      const it = asObject(document.toJS({ maxAliasCount: 100 }))
      const { generateName, name: own } = asObject(it["metadata"])
      return it["kind"] === kind && String(own ?? generateName).replace(/-+$/, "") === name
    } catch {
      return false
    }
  })
  return own === undefined ? undefined : text.slice(own.range[0], own.range[1]).replace(/^\s*---\n/, "").trim()
}

const listed = (value: unknown): ReadonlyArray<Manifest> => {
  const it = asObject(value)
  if (it["kind"] === "List" && Array.isArray(it["items"])) return it["items"].flatMap(listed)
  if (typeof it["kind"] !== "string") return []
  return [{
    apiVersion: "argoproj.io/v1alpha1",
    kind: it["kind"],
    metadata: asObject(it["metadata"]),
    spec: asObject(it["spec"])
  }]
}

/** An object as it is; anything else is an empty one. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {}
