/** Logs of a workflow, by time over all its pods; while it runs if that is asked for. */
import * as Effect from "effect/Effect"
import { viewRun } from "../../argo/view.ts"
import { podName } from "../../argo/compile/naming.ts"
import type { LogLine } from "../../journal/Reads.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunView } from "../../run/view.ts"
import type { Route } from "../http/Route.ts"
import { attention, findRun, getRun, isGone, linesAfter } from "../reads.ts"
import { matching, patternOf } from "../search.ts"
import type { Site } from "../Site.ts"
import type { Source } from "../stream/liveStream.ts"
import { type Call, runNamed } from "./asked.ts"
import { GrpcError } from "./grpc.ts"
import type { ArgoNode } from "./nodes.ts"
import { nodesOf } from "./workflowObject.ts"
import { framing, streamed } from "./watch.ts"

const logs = async (call: Call): Promise<Response> => {
  const { params, query, site } = call
  const run = await runNamed(call, params["name"]!)
  const { key } = (await findRun(site.pinnace.engine, run.id))!
  const pod = params["pod"] ?? query.get("podName") ?? ""
  return streamed(call, new Lines(call, run.id, key, pod))
}

const option = (query: URLSearchParams, name: string): string =>
  query.get(`logOptions.${name}`) ?? query.get(name) ?? ""

/** The lines of one run that a client wants. */
class Lines implements Source {
  readonly #call: Call
  readonly #id: string
  readonly #key: number
  readonly #pod: string
  readonly #since: number
  readonly #isWanted: boolean
  readonly #pattern: ReturnType<typeof patternOf>
  #sent = -1
  #isOver = false

  constructor(call: Call, id: string, key: number, pod: string) {
    const { query, site } = call
    this.#call = call
    this.#id = id
    this.#key = key
    this.#pod = pod
    const container = option(query, "container")
    // Nodes have one container here; what others are asked for have said nothing.
    this.#isWanted = container === "" || container === "main"
    this.#since = sinceOf(query, site.now())
    this.#pattern = readPattern(query.get("grep"))
  }

  async take(): Promise<string | undefined> {
    const { query, request, site } = this.#call
    if (this.#isOver || isGone(site.pinnace.engine)) return undefined
    const row = await getRun(site.pinnace.engine, this.#key)
    const isLast = option(query, "follow") !== "true" || row === undefined || isTerminal(row.phase)
    const isFirst = this.#sent < 0
    this.#sent = Math.max(0, this.#sent)
    const choice = { since: this.#since, ...this.#pattern.choice }
    const fresh = this.#isWanted && row !== undefined
      ? await linesAfter(site.pinnace.engine, this.#key, this.#sent, choice)
      : []
    this.#sent = fresh.at(-1)?.id ?? this.#sent
    this.#isOver = isLast
    const found = await matching(fresh, this.#pattern, request.signal)
    const named = await this.#ofPod(found)
    const tail = Number(option(query, "tailLines") || Infinity)
    const { frame } = framing(request)
    const isStamped = option(query, "timestamps") === "true"
    const text = (isFirst ? named.slice(-tail) : named).map(({ line, podName }) =>
      frame({ result: { content: isStamped ? `${new Date(line.at).toISOString()} ${line.text}` : line.text, podName } })
    ).join("")
    return text === "" ? undefined : text
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(this.#isOver || isGone(this.#call.site.pinnace.engine))
  }

  listen(wake: () => void): () => void {
    return attention(this.#call.site.pinnace.engine, [this.#key], wake)
  }

  /** Lines of the wanted pod, in the order of their time, with the names of pods. */
  async #ofPod(lines: ReadonlyArray<LogLine>) {
    if (lines.length === 0) return []
    const run = await (await this.#call.site.pinnace.get(this.#id))?.status()
    const owners = run === undefined ? new Map<string, Owner>() : await ownersOf(this.#call.site, run)
    return lines.toSorted((a, b) => a.at - b.at).flatMap((line) => {
      const owner = owners.get(line.path)
      if (owner === undefined) return this.#pod === "" ? [{ line, podName: this.#id }] : []
      const isWanted = this.#pod === "" || this.#pod === owner.pod || this.#pod === owner.id
      return isWanted ? [{ line, podName: owner.pod }] : []
    })
  }
}

interface Owner {
  readonly id: string
  readonly pod: string
}

/** Which pod logs what, by the paths of nodes. */
const ownersOf = async (site: Site, run: RunView): Promise<ReadonlyMap<string, Owner>> => {
  const view = run.kind === "manifest" ? await Effect.runPromise(viewRun(site.pinnace.engine, run.id)) : undefined
  const nodes = Object.values(await nodesOf(site, run))
  const ownerOf = (node: ArgoNode): Owner => ({
    id: node.id,
    pod: podName(run.id, node.name, String(node["templateName"] ?? ""))
  })
  if (view === undefined) {
    return new Map(nodes.map((node) => [node.name.slice(run.id.length + 1).replaceAll(".", "/"), ownerOf(node)]))
  }
  return new Map(
    view.nodes.flatMap((it, at) =>
      [it.path, ...it.hidden ?? []].map((path): [string, Owner] => [path, ownerOf(nodes[at]!)])
    )
  )
}

const sinceOf = (query: URLSearchParams, now: number): number => {
  const seconds = Number(option(query, "sinceSeconds") || NaN)
  if (Number.isFinite(seconds)) return now - seconds * 1_000
  const epoch = Number(option(query, "sinceTime.seconds") || NaN)
  if (Number.isFinite(epoch)) return epoch * 1_000
  const at = Date.parse(option(query, "sinceTime"))
  return Number.isFinite(at) ? at : 0
}

const readPattern = (text: string | null): ReturnType<typeof patternOf> => {
  try {
    return patternOf(text)
  } catch (error) {
    throw new GrpcError("InvalidArgument", (error as Error).message)
  }
}

/** The routes. */
export const logRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: "/api/v1/workflows/:ns/:name/log", answer: logs },
  { method: "GET", pattern: "/api/v1/workflows/:ns/:name/:pod/log", answer: logs }
]
