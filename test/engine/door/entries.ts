// deno-lint-ignore-file no-explicit-any -- the point is to give what the types forbid
/**
 * Every way in, with a place for an odd value in each of its arguments and options. The tables are complete by
 * construction: a member or option that is new and has no case here is a type error.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as mod from "../../../mod.ts"
import { defaultLimits } from "../../../src/engine/Limits.ts"
import * as manifests from "../../../src/argo/mod.ts"
import type {
  ForgetFilter,
  OpenOptions,
  Pinnace,
  ResubmitRequest,
  RetryRequest,
  RunCount,
  RunFilter,
  RunHandle,
  StartOptions,
  TaskContext
} from "../../../mod.ts"
import { answer, echoes, type World } from "./World.ts"

/** Gives an odd value to one place; what comes of it is judged by the test. */
export type Try = (world: World, value: any) => unknown

/** Tries by the place they fill. */
export type Tries = Readonly<Record<string, Try>>

/** One for each option of `T`. */
type EachOption<T> = { readonly [K in keyof T]-?: Try }

/** One group of tries for each member of `T`. */
type EachMember<T> = { readonly [K in keyof T]: Tries }

const options = <T>(table: EachOption<T>): Tries => table as unknown as Tries

const start = options<StartOptions>({
  id: ({ pinnace }, id) => pinnace.start(echoes, 1, { id }),
  priority: ({ pinnace }, priority) => pinnace.start(echoes, 1, { priority }),
  labels: ({ pinnace }, labels) => pinnace.start(echoes, 1, { labels }),
  leave: ({ pinnace }, leave) => pinnace.start(echoes, 1, { leave }),
  cache: ({ pinnace }, cache) => pinnace.start(echoes, 1, { cache }),
  policy: ({ pinnace }, policy) => pinnace.start(echoes, 1, { policy }),
  signal: ({ pinnace }, signal) => pinnace.start(echoes, 1, { signal }),
  traceparent: ({ pinnace }, traceparent) => pinnace.start(echoes, 1, { traceparent })
})

const retry = (act: (run: RunHandle, request: RetryRequest) => unknown): Tries => {
  const failed: (of: (value: any) => RetryRequest) => Try = (of) => async (world, value) =>
    act(await world.failed(), of(value))
  return options<RetryRequest>({
    nodes: failed((nodes) => ({ nodes })),
    restartSuccessful: failed((restartSuccessful) => ({ restartSuccessful })),
    also: failed((also) => ({ also })),
    input: failed((input) => ({ input })),
    keepReaders: failed((keepReaders) => ({ keepReaders })),
    cache: failed((cache) => ({ cache }))
  })
}

const again = (act: (run: RunHandle, request: ResubmitRequest) => unknown): Tries => {
  const ended: (of: (value: any) => ResubmitRequest) => Try = (of) => async (world, value) =>
    act(await world.known(), of(value))
  return options<ResubmitRequest>({
    id: ended((id) => ({ id })),
    priority: ended((priority) => ({ priority })),
    labels: ended((labels) => ({ labels })),
    leave: ended((leave) => ({ leave })),
    cache: ended((cache) => ({ cache })),
    traceparent: ended((traceparent) => ({ traceparent })),
    memoized: ended((memoized) => ({ memoized })),
    also: ended((also) => ({ also, memoized: true })),
    input: ended((input) => ({ input })),
    keepReaders: ended((keepReaders) => ({ keepReaders, memoized: true })),
    workflow: ended((workflow) => ({ workflow }))
  })
}

const nothing: Tries = {}

const loading: { readonly [K in keyof Required<manifests.LoadOptions>]: true } = {
  executor: true,
  plugins: true,
  kubectl: true,
  env: true,
  inheritEnv: true,
  strict: true,
  pools: true,
  templates: true,
  workflow: true,
  entrypoint: true,
  directory: true,
  onWarning: true
}

const manifest = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: odd}
spec:
  entrypoint: main
  arguments: {parameters: [{name: v, value: "1"}]}
  templates: [{name: main, suspend: {duration: "0"}}]
`

/** The members of an engine. */
export const ofPinnace: EachMember<Omit<Pinnace, "engine">> = {
  as: { actor: ({ pinnace }, value) => pinnace.as(value) },
  audit: {
    filter: ({ pinnace }, value) => pinnace.audit(value),
    ...options<mod.AuditFilter>({
      run: ({ pinnace }, run) => pinnace.audit({ run }),
      since: ({ pinnace }, since) => pinnace.audit({ since }),
      limit: ({ pinnace }, limit) => pinnace.audit({ limit })
    })
  },
  health: nothing,
  backup: {
    file: ({ folder, pinnace }, value) =>
      pinnace.backup(typeof value === "string" && value !== "" ? join(folder, "copy.db") : value)
  },
  register: { workflow: ({ pinnace }, value) => pinnace.register(value) },
  start: {
    ...start,
    workflow: ({ pinnace }, value) => pinnace.start(value, 1 as never),
    input: ({ pinnace }, value) => pinnace.start(echoes, value),
    options: ({ pinnace }, value) => pinnace.start(echoes, 1, value)
  },
  run: {
    workflow: ({ pinnace }, value) => pinnace.run(value, 1 as never),
    input: ({ pinnace }, value) => pinnace.run(echoes, value),
    options: ({ pinnace }, value) => pinnace.run(echoes, 1, value)
  },
  get: {
    id: ({ pinnace }, value) => pinnace.get(value),
    workflow: ({ pinnace }, value) => pinnace.get(value, "some"),
    idOfWorkflow: ({ pinnace }, value) => pinnace.get(echoes, value)
  },
  remembered: nothing,
  explain: {
    run: ({ pinnace }, value) => pinnace.explain(value),
    node: ({ pinnace }, value) => pinnace.explain("some", value)
  },
  forget: {
    filter: ({ pinnace }, value) => pinnace.forget(value),
    ...options<ForgetFilter>({
      name: ({ pinnace }, name) => pinnace.forget({ name }),
      key: ({ pinnace }, key) => pinnace.forget({ key }),
      before: ({ pinnace }, before) => pinnace.forget({ before }),
      keep: ({ pinnace }, keep) => pinnace.forget({ keep }),
      keepBytes: ({ pinnace }, keepBytes) => pinnace.forget({ keepBytes }),
      dryRun: ({ pinnace }, dryRun) => pinnace.forget({ dryRun })
    })
  },
  list: {
    filter: ({ pinnace }, value) => pinnace.list(value),
    ...options<RunFilter>({
      workflow: ({ pinnace }, workflow) => pinnace.list({ workflow }),
      phases: ({ pinnace }, phases) => pinnace.list({ phases }),
      held: ({ pinnace }, held) => pinnace.list({ held }),
      before: ({ pinnace }, before) => pinnace.list({ before }),
      skip: ({ pinnace }, skip) => pinnace.list({ skip }),
      limit: ({ pinnace }, limit) => pinnace.list({ limit }),
      resubmitted: ({ pinnace }, resubmitted) => pinnace.list({ resubmitted }),
      prefix: ({ pinnace }, prefix) => pinnace.list({ prefix }),
      text: ({ pinnace }, text) => pinnace.list({ text }),
      labels: ({ pinnace }, labels) => pinnace.list({ labels }),
      fields: ({ pinnace }, fields) => pinnace.list({ fields }),
      createdAfter: ({ pinnace }, createdAfter) => pinnace.list({ createdAfter }),
      createdBefore: ({ pinnace }, createdBefore) => pinnace.list({ createdBefore }),
      startedAfter: ({ pinnace }, startedAfter) => pinnace.list({ startedAfter }),
      startedBefore: ({ pinnace }, startedBefore) => pinnace.list({ startedBefore }),
      endedAfter: ({ pinnace }, endedAfter) => pinnace.list({ endedAfter }),
      endedBefore: ({ pinnace }, endedBefore) => pinnace.list({ endedBefore })
    })
  },
  counts: {
    filter: ({ pinnace }, value) => pinnace.counts(value),
    ...options<RunCount>({
      workflow: ({ pinnace }, workflow) => pinnace.counts({ workflow }),
      phases: ({ pinnace }, phases) => pinnace.counts({ phases }),
      held: ({ pinnace }, held) => pinnace.counts({ held }),
      resubmitted: ({ pinnace }, resubmitted) => pinnace.counts({ resubmitted }),
      prefix: ({ pinnace }, prefix) => pinnace.counts({ prefix }),
      text: ({ pinnace }, text) => pinnace.counts({ text }),
      labels: ({ pinnace }, labels) => pinnace.counts({ labels }),
      fields: ({ pinnace }, fields) => pinnace.counts({ fields }),
      createdAfter: ({ pinnace }, createdAfter) => pinnace.counts({ createdAfter }),
      createdBefore: ({ pinnace }, createdBefore) => pinnace.counts({ createdBefore }),
      startedAfter: ({ pinnace }, startedAfter) => pinnace.counts({ startedAfter }),
      startedBefore: ({ pinnace }, startedBefore) => pinnace.counts({ startedBefore }),
      endedAfter: ({ pinnace }, endedAfter) => pinnace.counts({ endedAfter }),
      endedBefore: ({ pinnace }, endedBefore) => pinnace.counts({ endedBefore })
    })
  },
  artifacts: {
    filter: ({ pinnace }, value) => pinnace.artifacts(value),
    ...options<mod.ArtifactFilter>({
      run: ({ pinnace }, run) => pinnace.artifacts({ run }),
      states: ({ pinnace }, states) => pinnace.artifacts({ states }),
      after: ({ pinnace }, after) => pinnace.artifacts({ after }),
      limit: ({ pinnace }, limit) => pinnace.artifacts({ limit })
    })
  },
  schedule: {
    which: ({ pinnace }, value) => pinnace.schedule(value).status(),
    reason: ({ pinnace }, value) => pinnace.schedule("some").pause(value),
    resume: ({ pinnace }, value) => pinnace.schedule("some").resume(value),
    at: ({ pinnace }, value) => pinnace.schedule("some").trigger(value),
    many: ({ pinnace }, value) => pinnace.schedule("some").next(value),
    after: ({ pinnace }, value) => pinnace.schedule("some").next(1, value),
    fires: ({ pinnace }, value) => pinnace.schedule("some").fires(value),
    backfill: ({ pinnace }, value) => pinnace.schedule("some").backfill(value),
    stopBackfill: ({ pinnace }, value) => pinnace.schedule("some").stopBackfill(value)
  },
  schedules: {},
  gc: {
    options: ({ pinnace }, value) => pinnace.gc(value),
    ...options<mod.CollectOptions>({
      dryRun: ({ pinnace }, dryRun) => pinnace.gc({ dryRun }),
      retryFailed: ({ pinnace }, retryFailed) => pinnace.gc({ retryFailed })
    })
  },
  sweep: {
    options: ({ pinnace }, value) => pinnace.sweep(value),
    ...options<NonNullable<Parameters<Pinnace["sweep"]>[0]>>({
      dryRun: ({ pinnace }, dryRun) => pinnace.sweep({ dryRun }),
      olderThan: ({ pinnace }, olderThan) => pinnace.sweep({ olderThan })
    })
  },
  pin: {
    artifact: ({ pinnace }, value) => pinnace.pin(value),
    pinned: ({ pinnace }, value) => pinnace.pin("none", value)
  },
  import: { file: ({ pinnace }, value) => pinnace.import(value) },
  locks: nothing,
  stuck: nothing,
  setLimit: {
    name: ({ pinnace }, value) => pinnace.setLimit(value, 1, { create: true }),
    limit: ({ pinnace }, value) => pinnace.setLimit("door", value, { create: true }),
    options: ({ pinnace }, value) => pinnace.setLimit("door", 1, value),
    create: ({ pinnace }, create) => pinnace.setLimit("other door", 1, { create })
  },
  breakPermit: {
    run: ({ pinnace }, value) => pinnace.breakPermit(value, "a"),
    node: async (world, value) => world.pinnace.breakPermit((await world.known()).id, value)
  },
  close: {
    options: (world, value) => closing(world, value),
    ...options<NonNullable<Parameters<Pinnace["close"]>[0]>>({
      drain: (world, drain) => closing(world, { drain }),
      onLeft: (world, onLeft) => closing(world, { onLeft })
    })
  },
  [Symbol.asyncDispose]: nothing
}

/** An engine of its own is closed; the others live on. */
const closing = async (_: World, value: any): Promise<void> => {
  const other = await mod.open(":memory:")
  try {
    await other.close(value)
  } finally {
    await other.close()
  }
}

/** The members of a run. */
export const ofRun: EachMember<Omit<RunHandle, "id">> = {
  as: { actor: async (world, value) => (await world.known()).as(value) },
  status: nothing,
  result: nothing,
  ending: nothing,
  outcome: nothing,
  artifacts: nothing,
  suspend: nothing,
  resume: nothing,
  compensate: nothing,
  planCompensation: nothing,
  events: { after: async (world, value) => (await world.known()).events(value)[Symbol.asyncIterator]().next() },
  waitFor: {
    node: async (world, value) => (await world.known()).waitFor(value),
    until: async (world, value) => (await world.known()).waitFor("n", value)
  },
  nodes: {
    options: async (world, value) => (await world.known()).nodes(value),
    values: async (world, values) => (await world.known()).nodes({ values })
  },
  logs: { node: async (world, value) => (await world.known()).logs(value) },
  definition: nothing,
  why: { node: async (world, value) => (await world.known()).why(value) },
  stop: { message: async (world, value) => (await world.waiting()).stop(value) },
  terminate: { message: async (world, value) => (await world.waiting()).terminate(value) },
  signal: {
    signal: async (world, value) => (await world.waiting()).signal(value, 1 as never),
    value: async (world, value) => (await world.waiting()).signal(answer, value),
    json: async (world, value) => (await world.waiting()).signal("answer", value)
  },
  approve: { node: async (world, value) => (await world.waiting()).approve(value) },
  planRetry: {
    request: async (world, value) => (await world.failed()).planRetry(value),
    ...retry((run, request) => run.planRetry(request))
  },
  retry: {
    request: async (world, value) => (await world.failed()).retry(value),
    ...retry((run, request) => run.retry(request))
  },
  resubmit: {
    request: async (world, value) => (await world.known()).resubmit(value),
    ...again((run, request) => run.resubmit(request))
  },
  fork: {
    node: async (world, value) => (await world.known()).fork(value),
    request: async (world, value) => (await world.known()).fork("echo", value),
    ...again((run, request) => run.fork("echo", request))
  },
  migrate: {
    workflow: async (world, value) => (await world.known()).migrate(value),
    options: async (world, value) => (await world.waiting()).migrate(echoes, value),
    dryRun: async (world, dryRun) => (await world.waiting()).migrate(echoes, { dryRun }),
    acceptLost: async (world, acceptLost) => (await world.waiting()).migrate(echoes, { acceptLost })
  },
  export: {
    file: async (world, value) =>
      (await world.known()).export(typeof value === "string" ? join(world.folder, value) : value)
  },
  delete: {
    options: async (world, value) => (await world.ended()).delete(value),
    force: async (world, force) => (await world.ended()).delete({ force })
  }
}

/** What a body can be given, or give. */
export const ofContext: EachMember<TaskContext> = {
  run: nothing,
  node: nothing,
  key: nothing,
  attempt: nothing,
  deadline: nothing,
  signal: nothing,
  trace: nothing,
  heartbeat: nothing,
  progress: {
    done: (world, value) => world.body(({ progress }) => void progress(value, 2)),
    total: (world, value) => world.body(({ progress }) => void progress(1, value)),
    note: (world, value) => world.body(({ progress }) => void progress(1, 2, value))
  },
  log: {
    value: (world, value) => world.body(({ log }) => void log(value)),
    format: (world, value) => world.body(({ log }) => void log.error("%s %d %o", value, value, value))
  },
  secret: { name: (world, value) => world.body(({ secret }) => secret(value)) },
  artifacts: {
    name: (world, value) => world.body(async ({ artifacts }) => void await artifacts.putText(value, "x")),
    content: (world, value) => world.body(async ({ artifacts }) => void await artifacts.put("x", value)),
    text: (world, value) => world.body(async ({ artifacts }) => void await artifacts.putText("x", value)),
    json: (world, value) => world.body(async ({ artifacts }) => void await artifacts.putJson("x", value)),
    options: (world, value) => world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", value)),
    open: (world, value) => world.body(async ({ artifacts }) => void await artifacts.open(value)),
    ...options<mod.PutArtifact>({
      archive: (world, archive) =>
        world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { archive })),
      level: (world, level) =>
        world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { archive: "zip", level })),
      mediaType: (world, mediaType) =>
        world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { mediaType })),
      gc: (world, gc) => world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { gc })),
      store: (world, store) => world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { store })),
      key: (world, key) => world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { key })),
      onProgress: (world, onProgress) =>
        world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { onProgress })),
      when: (world, when) => world.body(async ({ artifacts }) => void await artifacts.putText("x", "x", { when }))
    })
  },
  call: {
    name: (world, value) => world.body(({ call }) => call(value, echo, 1)),
    runnable: (world, value) => world.body(({ call }) => (call as any)("child", value)),
    input: (world, value) => world.body(({ call }) => call("child", echo, value)),
    options: (world, value) => world.body(({ call }) => call("child", echo, 1, value)),
    ...options<mod.CallOptions>({
      retry: (world, retry) => world.body(({ call }) => call("child", echo, 1, { retry })),
      timeout: (world, timeout) => world.body(({ call }) => call("child", echo, 1, { timeout })),
      compensate: (world, compensate) => world.body(({ call }) => call("child", echo, 1, { compensate }))
    })
  },
  effect: { name: (world, value) => world.body(({ effect }) => effect(value, echo, 1)) }
}

const echo = mod.task("echo", { input: mod.Schema.Unknown, run: (value) => value as never })

/** What bodies return and throw. */
export const ofBodies: Tries = {
  returned: (world, value) => world.body(() => value),
  resolved: (world, value) => world.body(() => Promise.resolve([value])),
  thrown: (world, value) =>
    world.body(() => {
      throw value
    }),
  rejected: (world, value) => world.body(() => Promise.reject(value))
}

const opening = async (path: any, given: any): Promise<void> => {
  const other = await mod.open(path, given)
  await other.close()
}

const ways: { readonly [K in keyof Required<OpenOptions>]: true } = {
  secrets: true,
  parallelism: true,
  pools: true,
  takeOver: true,
  migrate: true,
  backup: true,
  onUpgrade: true,
  captureConsole: true,
  cache: true,
  limits: true,
  random: true,
  bodyOf: true,
  artifacts: true,
  ttl: true,
  telemetry: true,
  metrics: true,
  webhooks: true,
  post: true,
  stayAlive: true,
  alarm: true,
  onHeld: true,
  actor: true,
  onEnded: true,
  onWaiting: true,
  onPlaced: true,
  revive: true,
  durability: true,
  group: true,
  readOnly: true,
  workflows: true,
  schedules: true,
  postgres: true,
  layer: true
}

/** How an engine is opened. */
export const ofOpen: Tries = {
  path: (world, value) =>
    opening(typeof value === "string" && value !== "" ? join(world.folder, "opened", value) : value, {}),
  options: (_, value) => opening(":memory:", value),
  ...Object.fromEntries(
    Object.keys(ways).map((name) => [name, (_: World, value: any) => opening(":memory:", { [name]: value })])
  ),
  ...Object.fromEntries(
    Object.keys(defaultLimits).map((name) => [
      `limits.${name}`,
      (_: World, value: any) => opening(":memory:", { limits: { [name]: value } })
    ])
  ),
  "artifacts.store": (_, store) => opening(":memory:", { artifacts: { store } }),
  "artifacts.stores": (_, stores) => opening(":memory:", { artifacts: { stores } }),
  "artifacts.gc": (_, gc) => opening(":memory:", { artifacts: { gc } }),
  "telemetry.spans": (_, spans) => opening(":memory:", { telemetry: { spans } }),
  "telemetry.sample": (_, sample) => opening(":memory:", { telemetry: { spans: { emit: () => {} }, sample } }),
  "telemetry.sample.ratio": (_, ratio) =>
    opening(":memory:", { telemetry: { spans: { emit: () => {} }, sample: { ratio } } }),
  "telemetry.parent": (_, parent) => opening(":memory:", { telemetry: { spans: { emit: () => {} }, parent } }),
  "ttl.keepLast": (_, keepLast) => opening(":memory:", { ttl: { keepLast } })
}

/** What a manifest is loaded from, and with. */
export const ofManifests: Tries = {
  load: (_, value) => manifests.load(value),
  "text of load": (_, text) => manifests.load([{ name: "odd", text }]),
  "name of load": (_, name) => manifests.load([{ name, text: manifest }]),
  "options of load": (_, value) => manifests.load(manifest, value),
  ...options<manifests.LoadOptions>(
    Object.fromEntries(
      Object.keys(loading).map((name) => [name, (_: World, value: any) => manifests.load(manifest, { [name]: value })])
    ) as any
  ),
  lint: (_, value) => manifests.lint(value),
  "means of lint": (_, value) => manifests.lint([{ name: "a", text: manifest }], value),
  loadCrons: (_, value) => manifests.loadCrons(value),
  supportReport: (_, value) => manifests.supportReport(value),
  parameters: ({ pinnace }, parameters) => pinnace.start(manifests.load(manifest), { parameters }),
  "one parameter": ({ pinnace }, v) => pinnace.start(manifests.load(manifest), { parameters: { v } }),
  resumeManifest: async ({ pinnace }, value) =>
    Effect.runPromise(manifests.resumeManifest(pinnace.engine, "none", value)),
  setManifestNode: ({ pinnace }, value) => Effect.runPromise(manifests.setManifestNode(pinnace.engine, "none", value)),
  stopManifestNodes: ({ pinnace }, value) =>
    Effect.runPromise(manifests.stopManifestNodes(pinnace.engine, "none", "name=a", value)),
  retryManifest: async (world, value) =>
    Effect.runPromise(manifests.retryManifest(world.pinnace.engine, (await world.known()).id, value))
}

/** What looks at definitions. */
export const ofInspection: Tries = {
  check: (_, value) => mod.check(value),
  graph: (_, value) => mod.graph(value),
  draw: (_, value) => mod.draw(value)
}
