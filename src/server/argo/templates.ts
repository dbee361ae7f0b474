/** Templates and CronWorkflows: list, get, create, update, delete, lint. They are files of the user's. */
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call, version } from "./asked.ts"
import { cronObject } from "./crons.ts"
import { documentOf, documentsOf, type Kind, kinds, objectOf, type StoredDocument, versionOf } from "./documents.ts"
import { fieldsOf, picked } from "./fields.ts"
import { GrpcError, notFound } from "./grpc.ts"
import { timeOf } from "./identity.ts"
import { asObject } from "./specs.ts"
import { checked } from "./submission.ts"

type Body = Readonly<Record<string, unknown>>

const shown = (site: Site, kind: Kind, document: StoredDocument): Promise<object> | object =>
  kind.kind === "CronWorkflow" ? cronObject(site, kind, document) : objectOf(document, kind)

const answered = async (call: Call, kind: Kind, document: StoredDocument): Promise<Response> =>
  json(picked(await shown(call.site, kind, document), fieldsOf(call.query.get("fields"))), 200, version)

const list = async (call: Call, kind: Kind): Promise<Response> => {
  const pattern = call.query.get("namePattern") ?? ""
  const found = documentsOf(call.site.store, kind).filter(({ name }) => name.includes(pattern))
  const items = await Promise.all(found.map((it) => shown(call.site, kind, it)))
  const whole = { metadata: { resourceVersion: String(call.site.now()) }, items: items.length === 0 ? null : items }
  return json(picked(whole, fieldsOf(call.query.get("fields"))), 200, version)
}

const there = ({ site }: Call, kind: Kind, name: string): StoredDocument => {
  const found = documentOf(site.store, kind, name)
  if (found === undefined) throw notFound(kind.plural, name)
  return found
}

/** The document that a request holds, with its name. */
const given = async (call: Call, kind: Kind): Promise<{ readonly manifest: Body; readonly name: string }> => {
  const { kind: _kind, status: _, ...manifest } = asObject((await bodyOf(call))[kind.field])
  const { name } = asObject(manifest["metadata"])
  if (typeof name !== "string" || !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)) {
    throw new GrpcError("InvalidArgument", "metadata.name is missing, or is not a name that Kubernetes allows")
  }
  return { manifest: { apiVersion: "argoproj.io/v1alpha1", kind: kind.kind, ...manifest }, name }
}

const create = async (call: Call, kind: Kind): Promise<Response> => {
  const { manifest, name } = await given(call, kind)
  if (documentOf(call.site.store, kind, name) !== undefined) {
    throw new GrpcError("AlreadyExists", `${kind.plural}.argoproj.io "${name}" already exists`)
  }
  write(call.site, kind, name, { ...checked(call.site, manifest), metadata: withTime(call.site, manifest) })
  return answered(call, kind, there(call, kind, name))
}

const withTime = (site: Site, { metadata }: Body): Body => ({
  ...asObject(metadata),
  creationTimestamp: timeOf(site.now())
})

const update = async (call: Call, kind: Kind): Promise<Response> => {
  const { manifest, name } = await given(call, kind)
  const present = there(call, kind, name)
  mustBeWritable(call.site, present)
  const { resourceVersion, ...metadata } = asObject(manifest["metadata"])
  if (resourceVersion !== versionOf(present.manifest)) {
    throw new GrpcError(
      "AlreadyExists",
      `Operation cannot be fulfilled on ${kind.plural}.argoproj.io "${name}": the object has been modified; please apply your changes to the latest version and try again`
    )
  }
  const { creationTimestamp = metadata["creationTimestamp"] } = present.manifest.metadata
  write(call.site, kind, name, { ...checked(call.site, manifest), metadata: { ...metadata, creationTimestamp } })
  return answered(call, kind, there(call, kind, name))
}

const remove = (call: Call, kind: Kind): Response => {
  const present = there(call, kind, call.params["name"]!)
  mustBeWritable(call.site, present)
  call.site.store.remove(present.file)
  return json({}, 200, version)
}

/** Sets whether a CronWorkflow is suspended. */
const suspend = (isSuspended: boolean) => (call: Call, kind: Kind): Promise<Response> => {
  const present = there(call, kind, call.params["name"]!)
  mustBeWritable(call.site, present)
  const { manifest, name } = present
  write(call.site, kind, name, { ...manifest, spec: { ...manifest.spec, suspend: isSuspended } })
  return answered(call, kind, there(call, kind, name))
}

const mustBeWritable = ({ store }: Site, { file }: StoredDocument): void => {
  if (!store.isWritable(file)) throw new GrpcError("PermissionDenied", `these templates are files: edit ${file}`)
}

const write = ({ store }: Site, { kind }: Kind, name: string, manifest: Body): void => {
  const { managedFields: _, resourceVersion: _version, uid: _uid, ...metadata } = asObject(manifest["metadata"])
  if (store.write(kind, name, `${JSON.stringify({ ...manifest, metadata }, null, 2)}\n`)) return
  throw new GrpcError(
    "PermissionDenied",
    "these templates are files, and this server may not write any: start it with --writable-templates DIRECTORY"
  )
}

const routesOf = (kind: Kind): ReadonlyArray<Route<Site>> => {
  const all = kind.hasNamespace ? `${kind.path}/:ns` : kind.path
  const lint = async (call: Call) => json(checked(call.site, (await given(call, kind)).manifest), 200, version)
  const bound = (answer: (call: Call, kind: Kind) => Promise<Response> | Response) => (call: Call) => answer(call, kind)
  const isCron = kind.kind === "CronWorkflow"
  return [
    { method: "POST", pattern: `${all}/lint`, answer: lint },
    { method: "GET", pattern: all, answer: bound(list) },
    { method: "POST", pattern: all, acts: true, answer: bound(create) },
    // Argo's command updates without a name in the path.
    { method: "PUT", pattern: `${all}/`, acts: true, answer: bound(update) },
    {
      method: "GET",
      pattern: `${all}/:name`,
      answer: bound((call) => answered(call, kind, there(call, kind, call.params["name"]!)))
    },
    { method: "PUT", pattern: `${all}/:name`, acts: true, answer: bound(update) },
    { method: "DELETE", pattern: `${all}/:name`, acts: true, answer: bound(remove) },
    ...(isCron
      ? [
        { method: "PUT" as const, pattern: `${all}/:name/suspend`, acts: true, answer: bound(suspend(true)) },
        { method: "PUT" as const, pattern: `${all}/:name/resume`, acts: true, answer: bound(suspend(false)) }
      ]
      : [])
  ]
}

/** The routes. */
export const templateRoutes: ReadonlyArray<Route<Site>> = kinds.flatMap(routesOf)
