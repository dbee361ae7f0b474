/** Workflows of the user's manifests: what they take, how they are loaded, and what is wrong with their files. */
import type { LoadOptions } from "../../argo/Capabilities.ts"
import type { ManifestIssue } from "../../argo/document/Issue.ts"
import { load } from "../../argo/document/load.ts"
import { lint } from "../../argo/lint/lint.ts"
import { workflowName } from "../../argo/toWorkflow.ts"
import { kinds } from "../argo/documents.ts"
import { asObject, type Manifest, manifestsIn, textOf } from "../argo/specs.ts"
import type { ManifestStore } from "../ManifestStore.ts"
import type { Site } from "../Site.ts"

/** A workflow of a manifest. */
export interface OfManifest {
  readonly name: string
  readonly description?: string
  readonly kind: string
  readonly file: string
  /** Whether it says where it begins. */
  readonly canStart: boolean
  /** The name that its runs have it by. */
  readonly workflow: string
}

/** A file with mistakes. */
export interface BadFile {
  readonly file: string
  readonly problems: ReadonlyArray<Pick<ManifestIssue, "column" | "hint" | "line" | "message">>
}

const runnable = ["Workflow", ...kinds.map(({ kind }) => kind)]

const specOf = ({ kind, spec }: Manifest) => kind === "CronWorkflow" ? asObject(spec["workflowSpec"]) : spec

interface Found {
  readonly of: OfManifest
  readonly manifest: Manifest
}

const foundIn = (store: ManifestStore): ReadonlyArray<Found> =>
  store.sources().flatMap(({ name: file, text }) =>
    manifestsIn(text).filter(({ kind, metadata }) => runnable.includes(kind) && nameOf(metadata) !== "").map((
      manifest
    ) => ({ manifest, of: described(manifest, file) }))
  )

const nameOf = ({ generateName, name }: Manifest["metadata"]): string =>
  String(name ?? generateName ?? "").replace(/-+$/, "")

const described = (manifest: Manifest, file: string): OfManifest => {
  const { kind, metadata } = manifest
  const spec = specOf(manifest)
  const said = asObject(metadata["annotations"])["workflows.argoproj.io/description"]
  return {
    name: nameOf(metadata),
    ...(typeof said === "string" ? { description: said.trim() } : {}),
    kind,
    file,
    canStart: spec["entrypoint"] !== undefined || spec["workflowTemplateRef"] !== undefined,
    workflow: workflowName(metadata)
  }
}

/** All of them, in the order of their files. */
export const manifestWorkflows = (site: Site): ReadonlyArray<OfManifest> => foundIn(site.store).map(({ of }) => of)

/** Files that cannot be used as they are, with what is wrong. */
export const badFiles = ({ manifests, store }: Site): ReadonlyArray<BadFile> => {
  const files = store.sources()
  const key = JSON.stringify(files)
  const known = checked.get(store)
  if (known?.key === key) return known.bad
  const errors = issuesOf(files, manifests).filter(({ severity }) => severity === "error")
  const bad = [...new Set(errors.map(({ file }) => file))].map((file) => ({
    file,
    problems: errors.filter((it) => it.file === file).map(({ column, hint, line, message }) => ({
      column,
      hint,
      line,
      message
    }))
  }))
  checked.set(store, { key, bad })
  return bad
}

/** Checking much takes long, and files seldom change. */
const checked = new WeakMap<ManifestStore, { readonly key: string; readonly bad: ReadonlyArray<BadFile> }>()

const issuesOf = (files: Parameters<typeof lint>[0], options: LoadOptions): ReadonlyArray<ManifestIssue> => {
  const { entrypoint: _, onWarning: _unheard, workflow: _other, ...capabilities } = options
  return lint(files, capabilities)
}

const named = (site: Site, name: string): Found | undefined =>
  foundIn(site.store).find(({ of }) => of.canStart && of.name === name)

/** What a workflow of this name takes, as a JSON Schema: its parameters, which are texts. */
export const describedManifest = (site: Site, name: string) => {
  const found = named(site, name)
  if (found === undefined) return undefined
  const parameters = parametersOf(site, found.manifest)
  return {
    ...found.of,
    input: parameters.length === 0 ? null : {
      type: "object",
      properties: Object.fromEntries(parameters.map((it) => [it["name"], schemaOf(it)])),
      required: parameters.map((it) => it["name"])
    },
    output: null,
    error: null,
    signals: {},
    graph: null,
    text: textOf(fileOf(site, found.of.file), found.of.kind, name)
  }
}

const fileOf = ({ store }: Site, file: string): string => store.sources().find((it) => it.name === file)?.text ?? ""

type Parameter = Readonly<Record<string, unknown>>

/** The parameters of a spec; those of the template that it refers to, where it leaves them to it. */
const parametersOf = (site: Site, manifest: Manifest): ReadonlyArray<Parameter> => {
  const spec = specOf(manifest)
  const own = asObject(spec["arguments"])["parameters"]
  const ref = asObject(spec["workflowTemplateRef"])["name"]
  const template = ref === undefined
    ? undefined
    : foundIn(site.store).find(({ of }) => of.name === ref && of.kind.endsWith("WorkflowTemplate"))
  const others = template === undefined ? [] : parametersOf(site, template.manifest)
  const all = (Array.isArray(own) ? own : []).map(asObject).filter((it) => typeof it["name"] === "string")
  return [...others.filter((it) => all.every((one) => one["name"] !== it["name"])), ...all]
}

const schemaOf = ({ default: fallback, description, enum: choices, value = fallback }: Parameter) => ({
  ...(Array.isArray(choices) ? { enum: choices.map(String) } : { type: "string" }),
  ...(typeof description === "string" ? { description } : {}),
  ...(value === undefined || typeof value === "object" ? {} : { default: String(value) })
})

/** The workflow of this name and the labels of its runs. Throws InvalidManifest, EngineMissing. */
export const loadedManifest = (site: Site, name: string) => {
  const found = named(site, name)
  if (found === undefined) return undefined
  const label = kinds.find(({ kind }) => kind === found.of.kind)?.label
  return {
    workflow: load(site.store.sources(found.of.file), { ...site.manifests, workflow: name }),
    labels: label === undefined ? {} : { [label]: name }
  }
}
