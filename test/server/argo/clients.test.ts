/** Requests as Hera and JavaScript clients generated from the specification of Argo send them, in their order. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { handler } from "../../../src/server/mod.ts"
import { removeTree } from "../../removeTree.ts"

const token = "a-token-of-the-tests"
const folder = mkdtempSync(join(tmpdir(), "pinnace-clients-"))
const pinnace = await open(":memory:")
const answer = handler(pinnace, { token, manifests: { directory: folder }, templates: { writable: folder } })
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const spec = { entrypoint: "m", templates: [{ name: "m", suspend: { duration: "0" } }] }
const named = (kind: string, name: string, more: object = {}) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind,
  metadata: { name, namespace: "argo" },
  spec,
  ...more
})
const cron = { schedules: ["0 0 1 1 *"], workflowSpec: spec }
const isNamed = (name: string) => ({ metadata: expect.objectContaining({ name }) })
const [workflow, template, shared, yearly] = [
  isNamed("w"),
  isNamed("t"),
  isNamed("c"),
  isNamed("y")
]

type Row = readonly [
  what: string,
  method: string,
  target: string,
  body: unknown,
  expected: object | null,
  status?: number
]

/** What a client does, one after the other. */
const steps = (ns: string): ReadonlyArray<Row> => [
  ["info", "GET", "/api/v1/info", undefined, { modals: expect.anything() }],
  ["version", "GET", "/api/v1/version", undefined, { version: expect.any(String) }],
  ["user", "GET", "/api/v1/userinfo", undefined, {}],
  ["create", "POST", `/api/v1/workflows/${ns}`, { workflow: named("Workflow", "w"), createOptions: {} }, workflow],
  ["create again", "POST", `/api/v1/workflows/${ns}`, { workflow: named("Workflow", "w") }, { code: 6 }, 409],
  ["get", "GET", `/api/v1/workflows/${ns}/w?getOptions.resourceVersion=&fields=`, undefined, workflow],
  ["get none", "GET", `/api/v1/workflows/${ns}/none`, undefined, { code: 5, message: expect.any(String) }, 404],
  ["list", "GET", `/api/v1/workflows/${ns}?listOptions.limit=10&listOptions.labelSelector=`, undefined, {
    items: expect.arrayContaining([expect.objectContaining(workflow)])
  }],
  ["retry", "PUT", `/api/v1/workflows/${ns}/w/retry`, { name: "w", namespace: ns }, { code: 9 }, 400],
  ["resubmit", "PUT", `/api/v1/workflows/${ns}/w/resubmit`, { memoized: false, name: "w" }, { metadata: {} }],
  ["lint", "POST", `/api/v1/workflows/${ns}/lint`, { namespace: ns, workflow: named("Workflow", "l") }, isNamed("l")],
  ["make a template", "POST", `/api/v1/workflow-templates/${ns}`, {
    createOptions: {},
    namespace: ns,
    template: named("WorkflowTemplate", "t")
  }, template],
  ["list templates", "GET", `/api/v1/workflow-templates/${ns}?namePattern=`, undefined, { items: [template] }],
  ["lint a template", "POST", `/api/v1/workflow-templates/${ns}/lint`, {
    template: named("WorkflowTemplate", "t")
  }, template],
  ["submit a template", "POST", `/api/v1/workflows/${ns}/submit`, {
    namespace: ns,
    resourceKind: "WorkflowTemplate",
    resourceName: "t",
    submitOptions: { name: "from-t", labels: "a=b", parameters: [] }
  }, isNamed("from-t")],
  ["make one for all", "POST", "/api/v1/cluster-workflow-templates", {
    template: named("ClusterWorkflowTemplate", "c")
  }, shared],
  ["get it", "GET", "/api/v1/cluster-workflow-templates/c", undefined, shared],
  ["delete it", "DELETE", "/api/v1/cluster-workflow-templates/c", undefined, {}],
  ["make a cron", "POST", `/api/v1/cron-workflows/${ns}`, {
    cronWorkflow: named("CronWorkflow", "y", { spec: cron })
  }, yearly],
  ["list crons", "GET", `/api/v1/cron-workflows/${ns}`, undefined, { items: [yearly] }],
  ["delete the cron", "DELETE", `/api/v1/cron-workflows/${ns}/y?deleteOptions.propagationPolicy=`, undefined, {}],
  ["delete the template", "DELETE", `/api/v1/workflow-templates/${ns}/t`, undefined, {}],
  ["archive", "GET", "/api/v1/archived-workflows?listOptions.limit=1&namespace=argo", undefined, { items: [{}] }],
  ["limit", "POST", `/api/v1/sync/${ns}`, { namespace: ns, key: "k", limit: 2, type: "DATABASE" }, { limit: 2 }],
  ["get the limit", "GET", `/api/v1/sync/${ns}/k?type=DATABASE`, undefined, { key: "k", limit: 2 }],
  ["raise the limit", "PUT", `/api/v1/sync/${ns}/k`, { limit: 3, type: 1 }, { limit: 3 }],
  ["delete the limit", "DELETE", `/api/v1/sync/${ns}/k?type=1`, undefined, {}],
  ["no limit", "GET", `/api/v1/sync/${ns}/k?type=1`, undefined, { code: 5 }, 404],
  ["limits in files", "POST", `/api/v1/sync/${ns}`, { cmName: "c", key: "k", limit: 2, type: 0 }, { code: 12 }, 501],
  ["delete", "DELETE", `/api/v1/workflows/${ns}/w?deleteOptions.gracePeriodSeconds=0`, undefined, {}],
  ["delete the next", "DELETE", `/api/v1/workflows/${ns}/from-t?force=true`, undefined, {}]
]

/** The headers of each client. */
const clients = {
  "Hera": { accept: "*/*", "accept-encoding": "gzip, deflate", "user-agent": "python-requests/2.32" },
  "a JavaScript client": { accept: "application/json", "content-type": "application/json" }
}

const ask = (method: string, target: string, headers: Readonly<Record<string, string>>, body?: unknown) =>
  answer(
    new Request(`http://127.0.0.1${target}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
  )

describe.each(Object.entries(clients))("%s", (_, headers) => {
  it("does what it does with Argo", async () => {
    for (const [what, method, target, body, expected, status = 200] of steps("argo")) {
      if (what === "resubmit") await (await pinnace.get("w"))!.ending()
      const response = await ask(method, target, headers, body)
      const text = await response.text()
      expect([response.status, JSON.parse(text)], `${what}: ${text.slice(0, 300)}`).toMatchObject([status, expected])
    }
  })

  it("reads streams line by line, as JSON", async () => {
    const workflow = named("Workflow", "s")
    expect((await ask("POST", "/api/v1/workflows/argo", headers, { workflow })).status).toBe(200)
    await (await pinnace.get("s"))!.ending()
    const watch = "/api/v1/workflow-events/argo?listOptions.fieldSelector=metadata.name=s"
    const response = await ask("GET", watch, headers)
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      expect.stringContaining("application/json")
    ])
    const reader = response.body!.getReader()
    const [first = ""] = new TextDecoder().decode((await reader.read()).value).split("\n")
    expect(JSON.parse(first)).toMatchObject({ result: { type: "ADDED", object: { metadata: { name: "s" } } } })
    await reader.cancel()
    expect((await ask("DELETE", "/api/v1/workflows/argo/s", headers)).status).toBe(200)
  })
})
