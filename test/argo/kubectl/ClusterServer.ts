/**
 * As much of the API of a cluster as kubectl needs for jobs: discovery,
 * objects, and their changes as a stream. Objects live in memory.
 *
 * Owns: the server, a configuration of kubectl that names it.
 */
import { writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** An object of the cluster. */
export interface ClusterObject {
  readonly metadata: Record<string, unknown> & { readonly name: string }
  readonly [field: string]: unknown
}

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
const discovery: Readonly<Record<string, unknown>> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [{ name: "batch", versions: [{ groupVersion: "batch/v1", version: "v1" }] }]
  },
  "/apis/batch/v1": {
    kind: "APIResourceList",
    groupVersion: "batch/v1",
    resources: [{ name: "jobs", singularName: "job", namespaced: true, kind: "Job", verbs }]
  }
}
const collection = /^\/apis\/batch\/v1\/namespaces\/default\/jobs(?:\/([\w-]+))?$/

/** See the head of the file. */
export class ClusterServer {
  readonly objects: Map<string, ClusterObject> = new Map()
  /** What was asked of it, discovery left out. */
  readonly asked: Array<string> = []
  #version = 1
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response))
  readonly #watchers = new Set<{ readonly name: string; readonly response: ServerResponse }>()
  /** Whether who may read is refused to watch. */
  refusesWatching = false
  /** What everybody is told who asks for an object; nothing for those who may. */
  refusal: string | undefined
  /** Called when somebody begins to watch an object. */
  onWatch: (name: string) => void = () => {}

  /** Begins to listen, and writes a configuration for kubectl to a file. */
  async start(file: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve))
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    const config = {
      clusters: [{ name: "test", cluster: { server } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      users: [{ name: "test", user: {} }],
      "current-context": "test"
    }
    writeFileSync(file, JSON.stringify(config))
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Ends all streams, as servers do after some minutes. */
  endStreams(): void {
    for (const { response } of this.#watchers) response.end()
    this.#watchers.clear()
  }

  /** Puts an object or changes it. */
  put(object: ClusterObject): ClusterObject {
    const { name } = object.metadata
    const type = this.objects.has(name) ? "MODIFIED" : "ADDED"
    const metadata = { namespace: "default", uid: name, ...object.metadata, resourceVersion: String(++this.#version) }
    const kept = { apiVersion: "batch/v1", kind: "Job", ...object, metadata }
    this.objects.set(name, kept)
    for (const watcher of this.#watchers) {
      if (watcher.name === name) watcher.response.write(`${JSON.stringify({ type, object: kept })}\n`)
    }
    return kept
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, "http://x")
    let text = ""
    for await (const chunk of request) text += chunk
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
    }
    if (Object.hasOwn(discovery, pathname)) return answer(200, discovery[pathname])
    const match = collection.exec(pathname)
    if (match === null) return answer(404, status(404, "NotFound", "the server could not find the requested resource"))
    const watches = searchParams.get("watch")
    const name = match[1] ?? /name=([\w-]+)/.exec(searchParams.get("fieldSelector") ?? "")?.[1] ?? ""
    this.asked.push(`${watches === null ? request.method : "WATCH"} ${name}`)
    if (this.refusal !== undefined) return answer(403, status(403, "Forbidden", this.refusal))
    if (watches !== null && this.refusesWatching) return answer(403, status(403, "Forbidden", "jobs cannot be watched"))
    if (watches !== null) return this.#watch(name, response)
    this.#answer(request.method ?? "", name, text === "" ? undefined : JSON.parse(text), answer)
  }

  #watch(name: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" })
    // Streams begin with how the object is.
    response.write(`${JSON.stringify({ type: "ADDED", object: this.objects.get(name) })}\n`)
    this.#watchers.add({ name, response })
    this.onWatch(name)
  }

  #answer(
    method: string,
    name: string,
    body: ClusterObject | undefined,
    answer: (status: number, body: unknown) => void
  ): void {
    if (method === "POST") return answer(201, this.put({ ...body!, status: {} }))
    const found = this.objects.get(name)
    if (found === undefined) return answer(404, status(404, "NotFound", `jobs.batch "${name}" not found`))
    if (method === "GET") return answer(200, found)
    if (method === "DELETE") return void (this.objects.delete(name), answer(200, status(200, "", "")))
    answer(200, this.put(method === "PATCH" ? patched(found, body!) : body!))
  }
}

/** A merge of what is given, or, for a list, its first operation on `spec`. */
const patched = (found: ClusterObject, body: ClusterObject): ClusterObject => {
  if (!Array.isArray(body)) return { ...found, ...body, metadata: { ...found.metadata, ...body.metadata } }
  const { path, value } = body[0] as JsonPatch
  return { ...found, spec: { ...found["spec"] as object, [path.replace("/spec/", "")]: value } }
}

interface JsonPatch {
  readonly path: string
  readonly value: unknown
}

const status = (code: number, reason: string, message: string) => ({
  kind: "Status",
  apiVersion: "v1",
  status: code < 300 ? "Success" : "Failure",
  code,
  reason,
  message
})
