/** What Argo cannot do is refused with everything at once; what it can is written. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { parseAllDocuments } from "yaml"
import { Artifact, flow, handler, mutex, rateLimit, semaphore, task, workflow } from "../../mod.ts"
import { exportArgo, type ExportedWorkflow, NotExportable } from "../../src/export/mod.ts"
import { lint } from "../../src/argo/mod.ts"
import { schemaFaults } from "./argoSchema.ts"

const options = { image: "registry/app:1", module: "/app/flow.ts" }

/** Places and messages of what is refused. */
const refused = (it: unknown): ReadonlyArray<string> => {
  try {
    exportArgo(it as ExportedWorkflow, options)
    return []
  } catch (error) {
    if (!(error instanceof NotExportable)) throw error
    return error.issues.map(({ message, path }) => `${path}: ${message}`)
  }
}

const documents = (text: string): ReadonlyArray<{ readonly spec: { readonly templates: ReadonlyArray<object> } }> =>
  parseAllDocuments(text).map((it) => it.toJS())

const plain = task("plain", { run: () => 1 })

it("reports every place at once", () => {
  const heavy = semaphore("heavy", { limit: 4 })
  const many = workflow("many", {}, (w) => {
    const list = w.node("list", task("list", { run: () => [1] }), { retry: { schedule: Schedule.recurs(2) } })
    w.map("each", list, plain, () => {}, { onExit: () => {} })
    w.node("weighty", plain, { permits: [heavy.take(2)], hold: "node" })
    w.node("rated", plain, { permits: [rateLimit("slow", { limit: 1, per: "1 second" }).take()] })
    w.node("held", plain, { permits: [heavy.take()], retry: { limit: 1 } })
    w.node("hooked", plain, { hooks: { started: () => {} } })
    w.node("far", plain, { on: "the gpu", timeout: { pending: "1 hour" } })
    w.node("inner", workflow("inner", { timeout: "1 second" }, (v) => v.node("a", plain)))
    w.run("apart", workflow("apart", {}, (v) => v.node("a", plain)))
  })
  expect(refused(many)).toMatchInlineSnapshot(`
    [
      "many/list: It has a retry policy with a schedule or \`decide\`",
      "many/each: It is a map with an exit handler",
      "many/weighty: It takes more than one permit of a semaphore",
      "many/rated: It takes from a rate limit",
      "many/held: It holds its permits with hold: "running"",
      "many/hooked: It has the hook "started"",
      "many/far: It runs on the pool "the gpu", and Kubernetes does not accept that name as a label",
      "many/far: It has a timeout for what is pending",
      "many/inner: It is a map, a nested workflow or a wait with a timeout",
      "many/apart: It starts a run of its own",
    ]
  `)
  expect(refused(flow("steps", {}, async () => {}))).toEqual(["steps: It is a flow, whose steps its body decides"])
})

it("says of each hook what to do instead", () => {
  const nothing = (): void => {}
  const hooks = { started: nothing, succeeded: nothing, failed: nothing, retrying: nothing }
  const told = workflow("told", {}, (w) => {
    w.node("work", plain, { hooks })
    w.map("each", [1], plain, () => {}, { hooks: { succeeded: nothing }, item: { hooks: { succeeded: nothing } } })
  })
  expect(refused(told)).toEqual([
    'told/work: It has the hook "started"',
    'told/work: It has the hook "retrying"',
    'told/each: It has the hook "succeeded"'
  ])
  const when = ({ outcome }: { readonly outcome: { readonly phase: string } }) => outcome.phase === "Succeeded"
  const instead = workflow("instead", {}, (w) => {
    w.node("work", plain, { onExit: handler(plain, () => undefined, { when }) })
  })
  expect(refused(instead)).toEqual([])
})

it("refuses artifacts wherever a schema holds them", () => {
  const save = (output: Schema.Codec<unknown, unknown>) => task("save", { output, run: () => null })
  const held: ReadonlyArray<readonly [schema: unknown, isHeld: boolean]> = [
    [Artifact, true],
    [Artifact.annotate({ title: "a report" }), true],
    [Schema.NullOr(Artifact), true],
    [Schema.Array(Schema.Struct({ page: Artifact })), true],
    [Schema.Record(Schema.String, Artifact), true],
    [Schema.suspend(() => Schema.Tuple([Schema.Number, Artifact])), true],
    [Schema.Struct({ artifact: Schema.String, name: Schema.String }), false]
  ]
  for (const [schema, isHeld] of held) {
    const saved = workflow("saved", {}, (w) => {
      w.node("save", save(schema as Schema.Codec<unknown, unknown>))
    })
    expect(refused(saved)).toEqual(
      isHeld ? ["saved/save: It passes artifacts on, and they end with their container"] : []
    )
  }
  const given = workflow("given", { input: { file: Artifact } }, (w) => {
    w.node("plain", plain)
  })
  expect(refused(given)).toEqual(["given: Its input holds artifacts"])
})

it("writes locks with a ConfigMap, secrets, deadlines, backoff and the exit handler", () => {
  const api = semaphore("api", { limit: 3 })
  const work = task("work", {
    run: () => Effect.succeed(1),
    timeout: "90 seconds",
    retry: { limit: 4, backoff: { duration: "2 seconds", factor: 3, cap: "1 minute" }, maxDuration: "10 minutes" },
    onCrash: "fail"
  })
  const locked = workflow("locked up", { labels: { team: "a" }, ttl: "1 hour", parallelism: 2 }, (w) => {
    w.onExit(() => {})
    return w.node("work", work, { permits: [api.take(), mutex("one").take()], hold: "node" })
  })
  const given = {
    ...options,
    secrets: { API_KEY: { name: "keys", key: "api" } },
    namespace: "jobs",
    serviceAccountName: "runner",
    priority: 5
  }
  const text = exportArgo(locked as unknown as ExportedWorkflow, given)
  expect([...lint([{ name: "locked.yaml", text }]), ...schemaFaults(text)]).toEqual([])
  const [limits, manifest] = documents(text)
  expect(limits).toMatchObject({ kind: "ConfigMap", metadata: { name: "locked-up-locks" }, data: { api: "3" } })
  expect(manifest).toMatchObject({
    metadata: { generateName: "locked-up-", namespace: "jobs", labels: { team: "a" } },
    spec: {
      serviceAccountName: "runner",
      priority: 5,
      ttlStrategy: { secondsAfterSuccess: 3600, secondsAfterFailure: 3600 },
      hooks: { exit: { template: "exit" } }
    }
  })
  expect(manifest!.spec.templates.find((it) => "name" in it && it.name === "work")).toMatchObject({
    container: { image: "registry/app:1", env: [{ valueFrom: { secretKeyRef: { name: "keys", key: "api" } } }] },
    activeDeadlineSeconds: 150,
    retryStrategy: {
      limit: "4",
      retryPolicy: "Always",
      expression: "asInt(lastRetry.exitCode) == 75",
      backoff: { duration: "2s", factor: "3", cap: "60s", maxDuration: "600s" }
    },
    synchronization: {
      mutexes: [{ name: "one" }],
      semaphores: [{ configMapKeyRef: { name: "locked-up-locks", key: "api" } }]
    }
  })
})

it("lets what is on a pool run on the machines that have its label", () => {
  const after = task("after", { on: "cpu", run: () => {} })
  const far = task("far", { on: "gpu", run: () => 1, onExit: handler(after, () => undefined) })
  const placed = workflow("placed", {}, (w) => {
    w.node("far", far)
    w.map("each", [1], far, () => {}, { on: "big.gpu" })
    w.node("near", plain)
  })
  const text = exportArgo(placed as unknown as ExportedWorkflow, options)
  expect([...lint([{ name: "placed.yaml", text }]), ...schemaFaults(text)]).toEqual([])
  const [manifest] = documents(text)
  const selected = manifest!.spec.templates.flatMap((it) =>
    "nodeSelector" in it && "name" in it ? [[it.name, it.nodeSelector]] : []
  )
  expect(Object.fromEntries(selected)).toEqual({
    far: { "pinnace/pool": "gpu" },
    "far-exit": { "pinnace/pool": "cpu" },
    "each-item": { "pinnace/pool": "big.gpu" },
    "each-exit": { "pinnace/pool": "cpu" }
  })
})

it("an unknown field and a number where Argo wants a text are faults of the schema", () => {
  const text = exportArgo(workflow("one", {}, (w) => w.node("plain", plain)) as unknown as ExportedWorkflow, options)
  expect(schemaFaults(text)).toEqual([])
  expect(schemaFaults(text.replace("image:", "picture:"))[0]).toContain("picture")
  expect(schemaFaults(text.replace(/value: .*/, "value: 7"))[0]).toContain('["value"]')
})
