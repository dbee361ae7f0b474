/** Workflows that this process knows: what they take and give, as JSON Schemas, and how they are started. */
import { basename } from "node:path"
import { graph } from "../../embed/inspect.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { unversioned, unversionedName } from "../../workflow/version.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call, flagOf } from "./asked.ts"
import { BadRequest, NotAllowed, NotFound } from "./failed.ts"
import { decoded } from "./input.ts"
import { scheduleRoutes } from "./schedules.ts"
import { schemaOf, signalsOf } from "./schemas.ts"
import { historyOf, statisticsOf } from "./statistics.ts"
import { type Named, namedBy, startManifest } from "./startManifest.ts"

const start = async (call: Call): Promise<Response> => {
  const body = await bodyOf(call)
  const { input, manifests, parameters, workflow: name, ...options } = body
  await checkSignal(call, options)
  const named = namedBy(call, options)
  if (manifests !== undefined) return json(await startManifest(call.site, { manifests, parameters, named }))
  if (typeof name !== "string") throw new BadRequest('Say which "workflow", or give "manifests"')
  const ofManifest = await manifestOf(call.site, name, input, named)
  if (ofManifest !== undefined) return json(ofManifest)
  const workflow = known(call.site, name)
  const run = await call.site.pinnace.start(workflow as never, decoded(workflow, input) as never, named(name) as never)
  return json(await run.status())
}

/**
 * A start that brings a value for a node gives a signal too, which the app may not allow to whoever asks: it is asked
 * for that as it would be for the other request. Throws NotAllowed.
 */
const checkSignal = async ({ request, site, who }: Call, options: Readonly<Record<string, unknown>>): Promise<void> => {
  const { id, signal } = options
  if (signal === undefined || site.authorize === undefined) return
  const run = typeof id === "string" ? encodeURIComponent(id) : "new"
  const headers = new Headers(request.headers)
  headers.delete("content-length")
  const sent = { method: "POST", headers, body: JSON.stringify(signal) }
  const target = new URL(`${site.base}${API}/runs/${run}/signal`, request.url)
  if (await site.authorize(new Request(target, sent)) === who) return
  throw new NotAllowed("You may start this, but not with a signal: leave it out")
}

const known = ({ pinnace }: Site, name: string): AnyWorkflow => {
  const { workflows } = pinnace.engine
  const workflow = workflows.get(name)
  if (workflow !== undefined) return workflow
  const names = [...workflows.keys()].join(", ") || "none"
  throw new NotFound(`This server knows no workflow "${name.slice(0, 100)}". It knows ${names}`)
}

/** Starts the workflow of a manifest of the user's, where one has this name. */
const manifestOf = async (site: Site, name: string, input: unknown = {}, named: Named) => {
  if (isOfCode(site, name)) return undefined
  const { loadedManifest } = await import("./manifests.ts")
  const found = loadedManifest(site, name)
  if (found === undefined) return undefined
  const { labels = {}, ...rest } = named(found.workflow.name)
  const parameters = input as Readonly<Record<string, string>>
  const run = await site.pinnace.start(found.workflow, { parameters }, {
    ...rest,
    labels: { ...labels, ...found.labels }
  })
  return run.status()
}

/** Whether a workflow was given by code: manifests that have been started are known as well. */
const isOfCode = ({ pinnace }: Site, name: string): boolean => {
  const workflow = pinnace.engine.workflows.get(name)
  return workflow !== undefined && workflow.kept?.kind !== "manifest"
}

const list = async (site: Site, withStatistics: boolean) => {
  const { badFiles, manifestWorkflows } = await import("./manifests.ts")
  const ofCode = [...site.pinnace.engine.workflows.values()].filter(({ name }) => isOfCode(site, name)).map((
    { description, name }
  ) => ({ name, description, kind: "typed", canStart: true, workflow: name }))
  const bad = badFiles(site)
  const isBad = (file: string): boolean => bad.some((it) => it.file === file)
  const ofFiles = manifestWorkflows(site).filter(({ name }) => !isOfCode(site, name)).map((it) =>
    isBad(it.file) ? { ...it, canStart: false } : it
  )
  const all = [...ofCode, ...ofFiles]
  const told = withStatistics
    ? await Promise.all(all.map(async (it) => ({ ...it, statistics: await statisticsOf(site.pinnace, it.workflow) })))
    : all
  return [...told, ...bad.map((it) => ({ name: basename(it.file), kind: "file", canStart: false, ...it }))]
}

/** What this server knows of the same workflow besides, by name. */
const otherVersions = ({ pinnace }: Site, name: string): ReadonlyArray<string> =>
  [...pinnace.engine.workflows.values()].filter((it) =>
    it.version !== undefined && it.name !== name && unversioned(it) === unversionedName(name)
  ).map((it) => it.name)

const described = (workflow: AnyWorkflow) => ({
  name: workflow.name,
  description: workflow.description,
  kind: workflow.kept?.kind ?? "typed",
  input: schemaOf(workflow.input),
  output: schemaOf(workflow.output),
  error: schemaOf(workflow.error),
  signals: signalsOf(workflow),
  graph: graph(workflow as never)
})

/** The routes. */
export const workflowRoutes: ReadonlyArray<Route<Site>> = [
  ...scheduleRoutes,
  { method: "POST", pattern: `${API}/runs`, acts: true, answer: start },
  {
    method: "GET",
    pattern: `${API}/workflows`,
    answer: async ({ query, site }) => json(await list(site, flagOf(query, "statistics")))
  },
  {
    method: "GET",
    pattern: `${API}/workflows/:name/history`,
    answer: async ({ params, site }) => {
      const name = params["name"]!
      const { manifestWorkflows } = await import("./manifests.ts")
      // Runs of a manifest may have another name for it.
      const found = isOfCode(site, name) ? undefined : manifestWorkflows(site).find((it) => it.name === name)
      return json({ ...await historyOf(site.pinnace, found?.workflow ?? name), others: otherVersions(site, name) })
    }
  },
  {
    method: "GET",
    pattern: `${API}/workflows/:name`,
    answer: async ({ params, site }) => {
      const name = params["name"]!
      const { describedManifest } = await import("./manifests.ts")
      const found = isOfCode(site, name) ? undefined : describedManifest(site, name)
      return json(found ?? described(known(site, name)))
    }
  }
]
