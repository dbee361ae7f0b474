/** Views of a run: as a tree, as a graph, over time; and one node with all that is known of it. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { readGraph, readPlan } from "../../view/readGraph.ts"
import { readNode } from "../../view/readNode.ts"
import { readRun } from "../../view/readRun.ts"
import { readTimeline } from "../../view/readTimeline.ts"
import { type RunSource, sourceOf } from "../../view/RunSource.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Call, runOf } from "./asked.ts"
import { besideRoutes } from "./beside.ts"
import { BadRequest, NotFound } from "./failed.ts"
import { signalAt } from "./schemas.ts"

type Look = (source: RunSource, id: string, call: Call) => Effect.Effect<unknown, JournalError>

const view = (name: string, look: Look): Route<Site> => ({
  method: "GET",
  pattern: `${API}/runs/:id/${name}`,
  heavy: "answer",
  answer: async (call) => {
    const { id } = await runOf(call)
    return json(await Effect.runPromise(look(sourceOf(call.site.pinnace.engine), id, call)) ?? null)
  }
})

/** The schema of what a node waits for, where this process knows its workflow. */
const schemaFor = async (call: Call, path: string): Promise<unknown> => {
  const { engine } = call.site.pinnace
  const workflow = engine.workflows.get((await (await runOf(call)).status()).workflow)
  return workflow === undefined ? null : signalAt(workflow, path)
}

/** One node: its row, values, failed attempts, why it does not run, what it saved. */
const node = async (call: Call): Promise<Response> => {
  const run = await runOf(call)
  const path = call.query.get("path")
  if (path === null) throw new BadRequest('"path" is the path of the node')
  const found = await Effect.runPromise(readNode(sourceOf(call.site.pinnace.engine), run.id, path))
  if (found === undefined) throw new NotFound(`Run ${run.id} has no node ${JSON.stringify(path)}`)
  const isOpen = found.node.finishedAt === undefined
  const signal = found.node.waiting === "Signal" ? { signal: await schemaFor(call, path) } : {}
  return json({ ...found, ...signal, why: isOpen ? await run.why(path) : [] })
}

/** What became of results that may be reused: of all nodes, or of one. */
const cache = async (call: Call): Promise<Response> => {
  const { id } = await runOf(call)
  return json(await call.site.pinnace.explain(id, call.query.get("path") ?? undefined))
}

/** The routes. */
export const viewRoutes: ReadonlyArray<Route<Site>> = [
  view("tree", (source, id) => readRun(source, id)),
  view("graph", (source, id) => readGraph(source, id)),
  view("timeline", (source, id) => readTimeline(source, id)),
  view("plan", (source, id) => readPlan(source, id)),
  { method: "GET", pattern: `${API}/runs/:id/cache`, heavy: "answer", answer: cache },
  ...besideRoutes,
  { method: "GET", pattern: `${API}/runs/:id/node`, answer: node }
]
