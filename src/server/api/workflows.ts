/** Workflows that this process knows: what they take and give, as JSON Schemas, and how they are started. */
import { graph } from "../../embed/inspect.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call } from "./asked.ts"
import { BadRequest, NotFound } from "./failed.ts"
import { decoded } from "./input.ts"
import { scheduleRoutes } from "./schedules.ts"
import { schemaOf, signalsOf } from "./schemas.ts"
import { startManifest } from "./startManifest.ts"

const start = async (call: Call): Promise<Response> => {
  const body = await bodyOf(call)
  const { input, manifests, parameters, workflow: name, ...options } = body
  if (manifests !== undefined) return json(await startManifest(call.site, { manifests, parameters, options }))
  if (typeof name !== "string") throw new BadRequest('Say which "workflow", or give "manifests"')
  const workflow = known(call.site, name)
  const run = await call.site.pinnace.start(workflow as never, decoded(workflow, input) as never, options as never)
  return json(await run.status())
}

const known = ({ pinnace }: Site, name: string): AnyWorkflow => {
  const { workflows } = pinnace.engine
  const workflow = workflows.get(name)
  if (workflow !== undefined) return workflow
  const names = [...workflows.keys()].join(", ") || "none"
  throw new NotFound(`This server knows no workflow "${name.slice(0, 100)}". It knows ${names}`)
}

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
    answer: ({ site }) =>
      json([...site.pinnace.engine.workflows.values()].map(({ description, name }) => ({ name, description })))
  },
  {
    method: "GET",
    pattern: `${API}/workflows/:name`,
    answer: ({ params, site }) => json(described(known(site, params["name"]!)))
  }
]
