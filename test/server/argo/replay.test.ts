/**
 * Every request that the command argo 4.1.2 makes, in the order of its commands, against a server with runs in the
 * state that the command expects: answered so that the command would have gone on. What it does with answers:
 * `metadata.name` is read, times are null or RFC 3339, nodes have types and a root, streams are framed as it reads
 * them.
 */
import { readFileSync } from "node:fs"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { handler } from "../../../src/server/mod.ts"
import { removeTree } from "../../removeTree.ts"

interface Recorded {
  readonly command: string
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly stream?: true
  readonly body?: unknown
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

type State = "ended" | "failed" | "waits" | "saved"

const token = "a-token-of-the-tests"
const folder = mkdtempSync(join(tmpdir(), "pinnace-argo-"))
const pinnace = await open(":memory:")
const templates = { writable: join(folder, "templates") }
const say = ({ parameters }: { readonly parameters: Readonly<Record<string, string>> }) => ({
  result: "hi",
  exitCode: parameters["mode"] === "failed" ? 1 : 0
})
const answer = handler(pinnace, { token, templates, manifests: { directory: folder, templates: { say } } })
/** Runs commands as they are. */
const real = handler(pinnace, { token, templates, manifests: { directory: folder } })
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

/** Sends a request as argo does: no content type, the query always there; a stream is read until `isEnough`. */
const send = async (
  { body, method, path, query = {}, stream }: Omit<Recorded, "command">,
  to = answer
): Promise<Answer> => {
  const gone = new AbortController()
  const headers = {
    authorization: `Bearer ${token}`,
    "user-agent": "Go-http-client/1.1",
    ...(stream ? { accept: "text/event-stream" } : {})
  }
  const init = {
    method,
    headers,
    signal: gone.signal,
    ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) })
  }
  const response = await to(new Request(`http://127.0.0.1:2746${path}?${new URLSearchParams(query)}`, init))
  const type = response.headers.get("content-type") ?? ""
  if (!path.includes("workflow-events") || response.status !== 200) {
    return { status: response.status, type, text: await response.text() }
  }
  let text = ""
  for await (const part of response.body!.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    text += part
    if (/"finishedAt":"2/.test(text)) break
  }
  gone.abort()
  return { status: response.status, type, text }
}

const manifest = (name: string, state: State) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Workflow",
  metadata: { name, labels: { a: "b" } },
  spec: {
    entrypoint: "main",
    arguments: { parameters: [{ name: "message", value: "hi" }] },
    templates: [
      {
        name: "main",
        steps: [
          [{ name: "say", template: "say", arguments: { parameters: [{ name: "mode", value: state }] } }],
          [{ name: "wait", template: "wait", when: `${state} == waits` }]
        ]
      },
      {
        name: "say",
        inputs: { parameters: [{ name: "mode" }] },
        container: { image: "busybox", command: ["sh", "-c"], args: ["echo hi | tee /tmp/out"] },
        ...(state === "saved"
          ? { outputs: { artifacts: [{ name: "out", path: "/tmp/out", archive: { none: {} } }] } }
          : {})
      },
      {
        name: "wait",
        suspend: {},
        outputs: { parameters: [{ name: "out", valueFrom: { supplied: {}, default: "" } }] }
      }
    ]
  }
})

/** Makes the named runs anew, in a state. */
const prepare = async (state: State, names: ReadonlyArray<string>): Promise<void> => {
  for (const name of names) {
    await (await pinnace.get(name))?.delete({ force: true })
    const { status, text } = await send(
      { method: "POST", path: "/api/v1/workflows/argo", body: { workflow: manifest(name, state) } },
      state === "saved" ? real : answer
    )
    expect(status, text).toBe(200)
    const run = (await pinnace.get(name))!
    if (state !== "waits") await run.ending()
    else for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  }
}

const uid = "11111111-2222-3333-4444-555555555555"
const uidOf = async (name: string): Promise<string> => {
  const { text } = await send({ method: "GET", path: `/api/v1/workflows/argo/${name}` })
  return (JSON.parse(text) as { metadata: { uid: string } }).metadata.uid
}

/** The state that a command expects, and what comes back other than 200. */
const states: ReadonlyArray<readonly [command: RegExp, state: State]> = [
  [/^argo (archive )?retry/, "failed"],
  [/^argo (stop|terminate|suspend|resume|node)/, "waits"],
  [/^argo cp/, "saved"]
]
/** What is refused: a code of gRPC, and words that the command or scripts look for. */
const refusals: Readonly<Record<string, readonly [status: number, code: number, words: string]>> = {
  "argo get missing": [404, 5, 'workflows.argoproj.io "missing" not found'],
  "argo wait missing": [404, 5, "not found"],
  "argo wait missing --ignore-not-found": [404, 5, "not found"],
  // A node that works cannot be stopped alone; Argo stops suspend nodes only.
  "argo stop hello --message enough --node-field-selector displayName=say": [400, 9, "No suspend node"],
  // Nothing is declared with this name.
  "argo resubmit hello --memoized -p a=b --priority 2": [200, 0, ""]
}

const requests = readFileSync(new URL("traffic.jsonl", import.meta.url), "utf8").trim().split("\n").map((line) =>
  JSON.parse(line) as Recorded
)

/** Times as Go reads them. */
const badTimes = /"(?:\w+At|creationTimestamp|lastScheduledTime)":(?!null|"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")/

const expectObject = (text: string): void => {
  const { metadata, status } = JSON.parse(text) as {
    readonly metadata: { readonly name: string }
    readonly status: { readonly nodes?: Readonly<Record<string, { readonly id: string; readonly type: string }>> }
  }
  expect(metadata).toMatchObject({
    name: expect.stringMatching(/./),
    namespace: "argo",
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/)
  })
  const nodes = Object.entries(status.nodes ?? {})
  if (nodes.length > 0) expect(nodes.map(([id]) => id)).toContain(metadata.name)
  for (const [id, node] of nodes) expect(node).toMatchObject({ id, type: expect.stringMatching(/^[A-Z]/) })
}

/** Lines of a stream as the command reads them: short ones are skipped, others are JSON from byte 6 on. */
const expectEvents = ({ text, type }: Answer): ReadonlyArray<unknown> => {
  expect(type).toBe("text/event-stream")
  return text.split("\n").filter((line) => line.length > 6).map((line) => JSON.parse(line.slice(6)) as unknown)
}

it("answers the 88 requests of 75 commands so that each goes on", async () => {
  expect(requests).toHaveLength(88)
  let before = ""
  for (const request of requests) {
    const { command } = request
    if (command !== before) {
      before = command
      const state = states.find(([pattern]) => pattern.test(command))?.[1] ?? "ended"
      if (!/^argo (template|cluster-template|cron|sync|lint|version)/.test(command)) {
        await prepare(state, ["hello", "hello2"])
      }
      if (command.includes("--from")) await prepareTemplates()
      if (/^argo template create/.test(command)) removeTree(templates.writable)
    }
    const isUid = request.path.includes(uid)
    const path = isUid ? request.path.replace(uid, await uidOf("hello")) : request.path
    const version = await versionFor(request)
    const answer = await send({ ...request, path, body: version(request.body) })
    expectAnswer(request, answer)
  }
})

/** The body with the version that the object has now, as the command copies it from what it got before. */
const versionFor = async ({ method, path }: Recorded): Promise<(body: unknown) => unknown> => {
  if (
    method !== "PUT" || !/\/(?:workflow-templates|cluster-workflow-templates|cron-workflows)\/(?:argo\/)?$/.test(path)
  ) return (it) => it
  const { text } = await send({ method: "GET", path: `${path}${path.includes("cron") ? "c" : "t"}` })
  const { resourceVersion } = (JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata
  return (body) =>
    JSON.parse(JSON.stringify(body).replace('"resourceVersion":"1"', `"resourceVersion":"${resourceVersion}"`))
}

const prepareTemplates = async (): Promise<void> => {
  for (const { body, command, method, path } of requests) {
    if (/^argo (template|cron) create/.test(command)) await send({ method, path, body })
  }
}

const expectAnswer = (request: Recorded, answer: Answer): void => {
  const { command, method, path, stream } = request
  const what = `${command}: ${method} ${path}: ${answer.text.slice(0, 600)}`
  const [status, code, words] = path.endsWith("/missing")
    ? refusals["argo get missing"]!
    : refusals[command] ?? [200, 0, ""]
  expect(answer.status, what).toBe(status)
  expect(answer.text, what).not.toMatch(badTimes)
  if (status !== 200) {
    return expect(JSON.parse(answer.text), what).toMatchObject({ code, message: expect.stringContaining(words) })
  }
  if (path.startsWith("/artifacts/")) return expect(answer.text).toBe("hi\n")
  if (stream === true) {
    const events = expectEvents(answer)
    if (path.includes("workflow-events")) {
      expect(events[0], what).toMatchObject({ result: { type: "ADDED", object: { metadata: { name: "hello" } } } })
    }
    return
  }
  if (
    /\/workflows\/argo\/[^/]+(\/(retry|resubmit|stop|terminate|suspend|resume|set))?$/.test(path) &&
    method !== "DELETE" && !path.endsWith("lint")
  ) expectObject(answer.text)
  if (/^argo (list|delete --)/.test(command) && method === "GET") {
    const { items, metadata } = JSON.parse(answer.text) as { items: ReadonlyArray<object> | null; metadata: object }
    expect(metadata).toMatchObject({ resourceVersion: expect.any(String) })
    expect(items === null || Array.isArray(items)).toBe(true)
  }
}
