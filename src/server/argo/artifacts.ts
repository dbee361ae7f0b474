/**
 * Files of workflows: what nodes took and gave, the logs of pods, directories file by file. Errors are plain text
 * here, as Argo's are.
 */
import * as Effect from "effect/Effect"
import { type ManifestNode, viewRun } from "../../argo/view.ts"
import type { ArtifactView } from "../../run/view.ts"
import { BadBody } from "../http/body.ts"
import { text } from "../http/reply.ts"
import { readableAt, storedBytes } from "../http/stored.ts"
import type { Route } from "../http/Route.ts"
import { artifactOf, findRun, linesAfter } from "../reads.ts"
import type { Site } from "../Site.ts"
import { type Call, runNamed, runOfUid } from "./asked.ts"
import { GrpcError } from "./grpc.ts"
import { mediaTypeOf } from "./mediaTypes.ts"
import { unpacked } from "./unpacked.ts"
import { manifestIds } from "./nodes.ts"

interface Named {
  readonly id: string
  readonly node: string
  readonly artifact: string
  readonly direction: "inputs" | "outputs"
  /** Within a directory. */
  readonly rest: string
  /** Whether Argo's page asks, which shows directories file by file. */
  readonly isPage: boolean
}

const answered = async (call: Call, named: Named): Promise<Response> => {
  const { request, site } = call
  const node = await nodeNamed(site, named)
  if (named.artifact === "main-logs") return logsOf(site, named.id, node)
  const row = await rowOf(site, named, node)
  if (row === undefined) throw new GrpcError("NotFound", `there is no artifact ${named.artifact} at node ${named.node}`)
  const readable = await readableAt(site, row)
  if (readable instanceof Response) return text("this artifact cannot be read any more\n", readable.status)
  if (named.isPage && (row.kind === "directory" || named.rest !== "")) {
    return unpacked({ pathname: call.url.pathname, rest: named.rest }, readable, row)
  }
  const name = `${row.name}${ends[row.archive]}`
  const showing = { name, mediaType: mediaTypeOf(name), download: false, scripts: false }
  return storedBytes(readable, row, request.headers.get("range"), showing)
}

/** How files of each kind end. */
const ends = { none: "", tar: ".tar", "tar+gzip": ".tgz", zip: ".zip" } as const

/** The row of an artifact; of what goes in only the key is recorded. */
const rowOf = async (
  site: Site,
  { artifact, direction, id }: Named,
  node: ManifestNode
): Promise<ArtifactView | undefined> => {
  const isIt = ({ name }: { readonly name: string }) => name === artifact
  if (direction === "outputs") {
    const known = node.outputs.artifacts?.find(isIt)?.artifact
    return known === undefined ? undefined : await artifactOf(site.pinnace.engine, known)
  }
  const key = node.inputs.artifacts?.find(isIt)?.key
  return key === undefined ? undefined : (await (await site.pinnace.get(id))!.artifacts()).find((it) => it.key === key)
}

const gone = (message: string): Response => text(`${message}\n`, 404)

/** The node of this id. */
const nodeNamed = async ({ pinnace }: Site, { id, node }: Named): Promise<ManifestNode> => {
  const view = await Effect.runPromise(viewRun(pinnace.engine, id))
  const found = view === undefined ? undefined : manifestIds(view, id).get(node)
  if (found === undefined) throw new GrpcError("NotFound", `there is no node ${node} in workflow ${id}`)
  return found
}

/** What a pod logged, which Argo offers as an artifact of it. */
const logsOf = async ({ pinnace }: Site, id: string, { hidden = [], path }: ManifestNode): Promise<Response> => {
  const row = (await findRun(pinnace.engine, id))!
  const paths = new Set([path, ...hidden])
  const lines = (await linesAfter(pinnace.engine, row.key, 0, {})).filter((it) => paths.has(it.path))
  return text(lines.map((it) => `${it.text}\n`).join(""))
}

const named = (direction: Named["direction"], byUid: boolean) => async (call: Call): Promise<Response> => {
  const { artifact = "", node = "", rest = "", workflow = "" } = call.params
  const run = byUid ? await runOfUid(call.site, workflow) : await runNamed(call, workflow)
  return answered(call, { id: run.id, node, artifact, direction, rest, isPage: false })
}

/** The address that Argo's page uses, whose parts say what it is. */
const ofPage = async (call: Call): Promise<Response> => {
  const { artifact = "", direction, discriminator, node = "", rest = "", workflow = "" } = call.params
  if (direction !== "inputs" && direction !== "outputs") return gone("an artifact is of inputs or outputs")
  const isArchived = discriminator === "archived-workflows"
  const run = isArchived ? await runOfUid(call.site, workflow) : await runNamed(call, workflow)
  return answered(call, { id: run.id, node, artifact, direction, rest, isPage: true })
}

/** An answer whose errors are plain text. */
export const plainly = (answer: (call: Call) => Promise<Response>) => async (call: Call): Promise<Response> => {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof GrpcError && error.code === 5) return gone(error.message)
    if (error instanceof BadBody) return text(`${error.message}\n`, error.status)
    throw error
  }
}

const get = (pattern: string, answer: (call: Call) => Promise<Response>): Route<Site> => ({
  method: "GET",
  pattern,
  heavy: "answer",
  answer: plainly(answer)
})

const files = "/artifact-files/:ns/:discriminator/:workflow/:node/:direction/:artifact"

/** The routes. */
export const artifactRoutes: ReadonlyArray<Route<Site>> = [
  get("/artifacts/:ns/:workflow/:node/:artifact", named("outputs", false)),
  get("/input-artifacts/:ns/:workflow/:node/:artifact", named("inputs", false)),
  get("/artifacts-by-uid/:workflow/:node/:artifact", named("outputs", true)),
  get("/input-artifacts-by-uid/:workflow/:node/:artifact", named("inputs", true)),
  get(files, ofPage),
  get(`${files}/*`, ofPage)
]
