/** Submitting: a whole workflow, or one that is made from a template or CronWorkflow of the store. */
import { load } from "../../argo/document/load.ts"
import { lint } from "../../argo/lint/lint.ts"
import type { SourceFile } from "../../argo/document/decode/decode.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { freeName, parametersOf } from "./actions.ts"
import { answerRun, bodyOf, type Call, version } from "./asked.ts"
import { GrpcError, notFound } from "./grpc.ts"
import { NAMESPACE, timeOf, uidOf } from "./identity.ts"
import { asObject, manifestsIn } from "./specs.ts"
import { documentOf, type Kind, kindNamed } from "./documents.ts"

type Body = Readonly<Record<string, unknown>>

const submit = async (call: Call): Promise<Response> => {
  const body = await bodyOf(call)
  const { status: _, ...workflow } = asObject(body["workflow"])
  const metadata = asObject(workflow["metadata"])
  const name = await nameOf(call.site, metadata)
  return start(call, {
    name,
    files: [
      sourceOf({ apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", ...workflow }),
      ...call.site.store.sources()
    ],
    options: call.site.manifests,
    labels: asObject(metadata["labels"]),
    priority: asObject(workflow["spec"])["priority"],
    parameters: {},
    isDry: body["serverDryRun"] === true || isDry(body["createOptions"]),
    shown: { metadata, spec: asObject(workflow["spec"]) }
  })
}

const submitFrom = async (call: Call): Promise<Response> => {
  const { resourceKind, resourceName, submitOptions } = await bodyOf(call)
  const kind = kindNamed(String(resourceKind))
  const document = documentOf(call.site.store, kind, String(resourceName))
  if (document === undefined) throw notFound(kind.plural, String(resourceName))
  const options = asObject(submitOptions)
  const { entryPoint, generateName, labels, name, parameters } = options
  const given = artifactsOf(options["artifacts"])
  const prefix = typeof generateName === "string" && generateName !== "" ? generateName : `${document.name}-`
  return start(call, {
    name: typeof name === "string" && name !== "" ? await fresh(call.site, name) : await freeName(call.site, prefix),
    ...(given.length === 0
      ? {
        // What was chosen by its name is more than a resource; mistakes of other files do not matter.
        files: call.site.store.sources(document.file),
        options: {
          ...call.site.manifests,
          workflow: document.name,
          ...(entryPoint ? { entrypoint: String(entryPoint) } : {})
        }
      }
      : withArtifacts(call.site, kind, document.name, given, entryPoint)),
    labels: { ...labelsOf(labels), [kind.label]: document.name },
    priority: options["priority"],
    parameters: parametersOf(parameters) ?? {},
    isDry: options["dryRun"] === true || options["serverDryRun"] === true,
    shown: { metadata: {}, spec: { workflowTemplateRef: { name: document.name }, arguments: {} } }
  })
}

/** A workflow of its own that refers to the template: only that can be given files. */
const withArtifacts = (
  site: Site,
  { kind }: Kind,
  name: string,
  artifacts: ReadonlyArray<unknown>,
  entrypoint: unknown
): Pick<Submission, "files" | "options"> => {
  if (kind === "CronWorkflow") throw new GrpcError("InvalidArgument", "artifacts can be given to templates only")
  const clusterScope = kind === "ClusterWorkflowTemplate" ? { clusterScope: true } : {}
  const spec = {
    workflowTemplateRef: { name, ...clusterScope },
    arguments: { artifacts },
    ...(entrypoint ? { entrypoint: String(entrypoint) } : {})
  }
  const manifest = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { generateName: `${name}-` },
    spec
  }
  return { files: [sourceOf(manifest), ...site.store.sources()], options: site.manifests }
}

/** Artifacts that a submission gives: `name=key` of an upload, or an artifact with its place. Throws GrpcError. */
const artifactsOf = (given: unknown): ReadonlyArray<unknown> => {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw new GrpcError("InvalidArgument", "artifacts is a list")
  return given.map((it: unknown) => {
    if (typeof it !== "string") return asObject(it)
    const at = it.indexOf("=")
    if (at > 0 && at < it.length - 1) return { name: it.slice(0, at), s3: { key: it.slice(at + 1) } }
    throw new GrpcError("InvalidArgument", `expected artifact of the form: NAME=KEY. Received: ${it.slice(0, 100)}`)
  })
}

interface Submission {
  readonly name: string
  readonly files: ReadonlyArray<SourceFile>
  readonly options: Parameters<typeof load>[1]
  readonly labels: Body
  readonly priority: unknown
  readonly parameters: Readonly<Record<string, string>>
  readonly isDry: boolean
  readonly shown: { readonly metadata: Body; readonly spec: Body }
}

const start = async (call: Call, it: Submission): Promise<Response> => {
  const { site } = call
  const workflow = load(it.files, it.options)
  if (it.isDry) return json(dry(site, it), 200, version)
  const priority = Number.isSafeInteger(it.priority) ? { priority: it.priority as number } : {}
  const labels = it.labels as Readonly<Record<string, string>>
  const run = await site.pinnace.start(workflow, { parameters: it.parameters }, { id: it.name, labels, ...priority })
  return answerRun(call, run.id)
}

/** What would have been made. */
const dry = (site: Site, { labels, name, shown }: Submission) => ({
  metadata: {
    ...shown.metadata,
    name,
    namespace: NAMESPACE,
    uid: uidOf("dry", name),
    creationTimestamp: timeOf(site.now()),
    ...(Object.keys(labels).length === 0 ? {} : { labels })
  },
  spec: shown.spec,
  status: { startedAt: null, finishedAt: null }
})

const nameOf = async (site: Site, { generateName, name }: Body): Promise<string> => {
  if (typeof name === "string" && name !== "") return fresh(site, name)
  if (typeof generateName === "string" && generateName !== "") return freeName(site, generateName)
  throw new GrpcError("InvalidArgument", "name or generateName is required")
}

const fresh = async (site: Site, name: string): Promise<string> => {
  if (await site.pinnace.get(name) === undefined) return name
  throw new GrpcError("AlreadyExists", `workflows.argoproj.io "${name}" already exists`)
}

const isDry = (options: unknown): boolean => {
  const { dryRun } = asObject(options)
  return Array.isArray(dryRun) && dryRun.includes("All")
}

/** `a=b,c=d` as a record. */
const labelsOf = (text: unknown): Readonly<Record<string, string>> =>
  typeof text === "string" && text !== "" ? parametersOf(text.split(",")) ?? {} : {}

const sourceOf = (manifest: unknown): SourceFile => ({ name: "request", text: JSON.stringify(manifest) })

/** Checks a manifest as `lint` does; answers it as it came. Throws GrpcError with the first error. */
export const checked = (site: Site, manifest: Body): Body => {
  const { status: _, ...rest } = manifest
  const own = sourceOf(rest)
  const { name } = asObject(rest["metadata"])
  const isSame = (it: ReturnType<typeof manifestsIn>[number]): boolean =>
    it.kind === rest["kind"] && it.metadata["name"] === name
  const others = site.store.sources().filter(({ text }) => !manifestsIn(text).some(isSame))
  const first = lint([own, ...others], site.manifests).find(({ file, severity }) =>
    file === own.name && severity === "error"
  )
  if (first === undefined) return manifest
  throw new GrpcError("InvalidArgument", `${first.message}${first.hint === "" ? "" : ` (${first.hint})`}`)
}

const lintWorkflow = async (call: Call): Promise<Response> => {
  const { workflow } = await bodyOf(call)
  const manifest = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", ...asObject(workflow) }
  return json(checked(call.site, manifest), 200, version)
}

/** The routes. */
export const submissionRoutes: ReadonlyArray<Route<Site>> = [
  { method: "POST", pattern: "/api/v1/workflows/:ns/lint", answer: lintWorkflow },
  { method: "POST", pattern: "/api/v1/workflows/:ns/submit", acts: true, answer: submitFrom },
  { method: "POST", pattern: "/api/v1/workflows/:ns", acts: true, answer: submit }
]
