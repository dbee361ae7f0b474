/**
 * Files of workflows: what nodes took and gave, the logs of pods, directories file by file. Errors are plain text
 * here, as Argo's are.
 */
import { createReadStream } from "node:fs"
import { mkdtemp, readdir, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { artifactFolder } from "../../argo/artifact/ArtifactFolder.ts"
import { fileHeaders } from "../http/file.ts"
import { text } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { findRun, linesOf } from "../reads.ts"
import type { Site } from "../Site.ts"
import { type Call, runNamed, runOfUid } from "./asked.ts"
import { GrpcError } from "./grpc.ts"
import { mediaTypeOf } from "./mediaTypes.ts"
import { nodesOf } from "./workflowObject.ts"
import { viewRun } from "../../argo/view.ts"

interface Named {
  readonly id: string
  readonly node: string
  readonly artifact: string
  readonly direction: "inputs" | "outputs"
  /** Within a directory. */
  readonly rest: string
}

const answered = async (call: Call, named: Named): Promise<Response> => {
  if (named.artifact === "main-logs") return logsOf(call.site, named)
  const key = await keyOf(call.site, named)
  const { directory } = call.site.manifests
  if (directory === undefined) return gone("this server does not know where the files of manifests are")
  const folder = await mkdtemp(join(tmpdir(), "pinnace-artifact-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, "it")
  let isSent = false
  try {
    const isThere = await artifactFolder(join(directory, "artifacts")).get(key, path)
    if (!isThere) return gone(`artifact ${named.artifact} is gone`)
    const found = await fileAt(call, named, path)
    if (typeof found !== "string") return found
    isSent = true
    return await sent(found, found === path ? named.artifact : found.slice(found.lastIndexOf("/") + 1), remove)
  } finally {
    if (!isSent) await remove()
  }
}

const sent = async (path: string, name: string, remove: () => Promise<void>): Promise<Response> => {
  const { size } = await stat(path)
  const headers = { ...fileHeaders(name, mediaTypeOf(name), false, false), "content-length": String(size) }
  const source = createReadStream(path).on("close", () => void remove())
  return new Response(Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>, { headers })
}

const gone = (message: string): Response => text(`${message}\n`, 404)

/** The path of a file, or a directory as a page of links: names are looked up in what there is, never joined. */
const fileAt = async (call: Call, { artifact, rest }: Named, root: string): Promise<Response | string> => {
  let path = root
  for (const part of rest.split("/").filter((it) => it !== "")) {
    const names: ReadonlyArray<string> = (await stat(path)).isDirectory() ? await readdir(path) : []
    if (!names.includes(part)) return gone(`there is no ${rest} in artifact ${artifact}`)
    path = join(path, part)
  }
  return (await stat(path)).isDirectory() ? directoryAt(call, await readdir(path)) : path
}

const directoryAt = ({ url }: Call, names: ReadonlyArray<string>): Response => {
  if (!url.pathname.endsWith("/")) return new Response(null, { status: 307, headers: { location: `${url.pathname}/` } })
  const links = names.toSorted().map((name) => `<li><a href="./${encodeURIComponent(name)}">${escaped(name)}</a></li>`)
  return new Response(`<html><body><ul>\n${links.join("\n")}\n</ul></body></html>`, {
    headers: fileHeaders("index.html", "text/html", false, false)
  })
}

const escaped = (name: string): string => name.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`)

/** The key of a recorded artifact. */
const keyOf = async (site: Site, { artifact, direction, id, node }: Named): Promise<string> => {
  const run = await (await site.pinnace.get(id))?.status()
  const nodes = run === undefined ? {} : await nodesOf(site, run)
  const found = Object.hasOwn(nodes, node) ? nodes[node] : undefined
  const list = direction === "outputs" ? found?.outputs?.artifacts : inputsOf(found?.["inputs"])
  const entry = list?.find((it) => it["name"] === artifact)
  const key = (entry?.["s3"] as { readonly key?: string } | undefined)?.key ?? entry?.["key"]
  if (typeof key === "string") return key
  throw new GrpcError("NotFound", `there is no artifact ${artifact} at node ${node}`)
}

const inputsOf = (inputs: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> | undefined =>
  (inputs as { readonly artifacts?: ReadonlyArray<Readonly<Record<string, unknown>>> } | undefined)?.artifacts

/** What a pod logged, which Argo offers as an artifact of it. */
const logsOf = async (site: Site, { id, node }: Named): Promise<Response> => {
  const row = await findRun(site.pinnace.engine, id)
  const view = row === undefined ? undefined : await viewRun(site.pinnace.engine, id)
  const ids = row === undefined ? [] : Object.keys(await nodesOf(site, await (await site.pinnace.get(id))!.status()))
  const shown = view?.nodes[ids.indexOf(node)]
  if (row === undefined || shown === undefined) return gone(`there is no node ${node}`)
  const paths = new Set([shown.path, ...shown.hidden ?? []])
  const lines = (await linesOf(site.pinnace.engine, row.key)).filter(({ path }) => paths.has(path))
  return text(lines.map((it) => `${it.text}\n`).join(""))
}

const named = (direction: Named["direction"], byUid: boolean) => async (call: Call): Promise<Response> => {
  const { artifact = "", node = "", rest = "", workflow = "" } = call.params
  const run = byUid ? await runOfUid(call.site, workflow) : await runNamed(call, workflow)
  return answered(call, { id: run.id, node, artifact, direction, rest })
}

/** The address that Argo's page uses, whose parts say what it is. */
const ofPage = async (call: Call): Promise<Response> => {
  const { artifact = "", direction, discriminator, node = "", rest = "", workflow = "" } = call.params
  if (direction !== "inputs" && direction !== "outputs") return gone("an artifact is of inputs or outputs")
  const isArchived = discriminator === "archived-workflows"
  const run = isArchived ? await runOfUid(call.site, workflow) : await runNamed(call, workflow)
  return answered(call, { id: run.id, node, artifact, direction, rest })
}

const plainly = (answer: (call: Call) => Promise<Response>) => async (call: Call): Promise<Response> => {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof GrpcError && error.code === 5) return gone(error.message)
    throw error
  }
}

const get = (pattern: string, answer: (call: Call) => Promise<Response>): Route<Site> => ({
  method: "GET",
  pattern,
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
