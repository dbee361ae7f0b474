/** How engines are opened, and what is wrong with how one is to be. */
import * as Layer from "effect/Layer"
import { cacheModes } from "../run/cacheMode.ts"
import { defaultLimits, type Limits } from "../engine/Limits.ts"
import { retentionFaults } from "../plan/limits.ts"
import type { SqliteOptions } from "../sqlite/openSqlite.ts"
import {
  admit,
  admitOne,
  callable,
  count,
  defined,
  flag,
  groupRule,
  listOf,
  oneOf,
  path,
  record,
  type Rule,
  type Rules,
  text,
  under
} from "../workflow/admit.ts"
import { type Schedule, scheduleRule } from "../schedule/Schedule.ts"
import { artifactStrategies } from "../workflow/Artifact.ts"
import { type RetentionOption, toRetention } from "../workflow/Retention.ts"
import { isPostgres } from "../postgres/address.ts"
import { countFault, demand, nameFault, numberFault, shown } from "../workflow/values.ts"
import type { ArtifactOptions } from "./artifactHost.ts"
import type { EngineCache } from "./cacheHost.ts"
import type { EngineOptions } from "./makeEngine.ts"
import type { PostgresOptions } from "../postgres/openPostgres.ts"
import type { MetricSink } from "../metrics/MetricSink.ts"
import type { Webhook, WebhookEvent } from "../webhook/Webhook.ts"
import type { Sampling, TelemetryOptions } from "../trace/Telemetry.ts"
import type { ServedWorkflow } from "./PinnaceEngine.ts"
import { actorFault, alarm, stayAlive, userHere } from "./here.ts"

/** How a database is used; see `PostgresOptions`. */
export type DatabaseOptions = Omit<PostgresOptions, "turn" | "url">

/** How to open an engine; `R` are the services of Effect bodies, which `layer` gives, made of `RIn`. */
export interface OpenOptions<R = never, E = unknown, RIn = never>
  extends Pick<SqliteOptions, "backup" | "durability" | "group" | "migrate" | "onUpgrade" | "readOnly">, EngineOptions {
  /** Workflows whose interrupted runs this process takes over at once. */
  readonly workflows?: ReadonlyArray<ServedWorkflow<NoInfer<R>>>
  /** Schedules that this process keeps until it closes; their workflows are registered too. */
  readonly schedules?: ReadonlyArray<ServedSchedule<NoInfer<R>>>
  /** For an address of a PostgreSQL database: its schema, sessions and times. */
  readonly postgres?: DatabaseOptions
  /** The services that Effect bodies need; when they cannot be built, nothing is opened and their error is told. */
  readonly layer?: Layer.Layer<R, E, RIn>
}

/** A schedule whose workflow needs no other services than `R`. */
export type ServedSchedule<R> = Schedule<R>

const store: Rule = record((value) => {
  const isStore = "describe" in value && typeof value.describe === "string" && "location" in value && "put" in value
  return isStore ? undefined : { what: "is not a store", hint: storeHint }
}, "Use a store such as diskStore(…), memoryStore() or s3Store(…)")

const storeHint = "Use a store such as diskStore(…), memoryStore() or s3Store(…)"

const stores: Rule = record((value) => {
  for (const [name, it] of Object.entries(value)) {
    const fault = store(it)
    if (fault !== undefined) return { what: `has ${shown(name)}, which ${fault.what}`, hint: fault.hint }
  }
  return undefined
}, "Use a record of stores by name")

const pools: Rule = record((value) => {
  for (const [name, places] of Object.entries(value)) {
    const fault = nameFault(name, 128) ?? countFault(places, { least: 1 })
    if (fault !== undefined) return { what: `has ${shown(name)}, which ${fault.what}`, hint: fault.hint }
  }
  return undefined
}, "Use a record of places by pool, like { gpu: 2 }")

const ttl: Rule = (value) => {
  const fault = retentionFaults(toRetention(value as RetentionOption))[0]
  return fault === undefined ? undefined : { what: `is not a time to keep runs: ${fault.message}`, hint: fault.hint }
}

const layerRule: Rule = (value) =>
  Layer.isLayer(value) ? undefined : { what: `is ${shown(value)}`, hint: "Use a Layer of Effect" }

const isSink = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "emit" in value && typeof value.emit === "function"

const sinks: Rule = (value) =>
  [value].flat().every(isSink)
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use a sink of pinnace/otel, or an object with emit(…)" }

const metricsRule: Rule = (value) =>
  typeof value === "boolean" || typeof (value as MetricSink | null)?.follow === "function"
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use true, otlpMetrics() of pinnace/otel, or an object with follow(source)" }

const webhookEvents: ReadonlyArray<WebhookEvent> = ["run.succeeded", "run.failed", "run.held"]

/** Names and passwords in it are refused: no runtime posts to it, and its errors would tell them. */
const address: Rule = (value) =>
  typeof value === "string" && /^https?:(?!\/*[^/?#]*@)/.test(value) && URL.canParse(value) ? undefined : {
    what: `is ${shown(typeof value === "string" ? value.replace(/[^/]*@/, "…@") : value)}`,
    hint: "Use an address such as https://example.com/hooks"
  }

const webhookFields: Rule = under<Webhook>({
  url: address,
  events: listOf(oneOf(webhookEvents)),
  workflows: listOf(text),
  secret: text
})

const webhookRule: Rule = (value) =>
  Array.isArray(value) || (value as Partial<Webhook> | null)?.url === undefined
    ? { what: `is ${shown(value)}`, hint: 'Use { url: "https://example.com/hooks" }' }
    : webhookFields(value)

const share: Rule = (value) => numberFault(value, 0, 1, "Use a share such as 0.1")

const limit = (name: string): Rule => count({ least: least[name] ?? 1, forever: name !== "abortGrace" })

const least: Readonly<Record<string, number>> = { reruns: 0, abortGrace: 0, progress: 0, logLines: 0 }

const limits = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, limit(name)])) as Rules<Limits>

const rules: Rules<OpenOptions> = {
  durability: oneOf(["power", "process"]),
  group: groupRule,
  readOnly: flag,
  migrate: flag,
  backup: flag,
  onUpgrade: callable,
  workflows: listOf(defined("Workflow")),
  schedules: listOf(scheduleRule),
  layer: layerRule,
  postgres: under<DatabaseOptions>({
    schema: text,
    session: text,
    password: callable,
    migrate: flag,
    lease: count({ least: 1_000 }),
    grace: count({ least: 1 })
  }),
  secrets: callable,
  parallelism: count({ least: 1, forever: true }),
  pools,
  takeOver: flag,
  captureConsole: flag,
  cache: under<EngineCache>({
    default: oneOf(cacheModes),
    maxEntries: count({ least: 1, forever: true }),
    maxBytes: count({ least: 1, forever: true })
  }),
  limits: under(limits),
  random: callable,
  bodyOf: callable,
  metrics: metricsRule,
  webhooks: listOf(webhookRule),
  post: callable,
  telemetry: under<TelemetryOptions>({
    spans: sinks,
    logs: sinks,
    sample: under<Sampling>({ ratio: share, failed: flag, heedParent: flag }),
    parent: oneOf(["continue", "root"]),
    join: flag
  }),
  artifacts: under<ArtifactOptions>({ store, stores, shared: flag, gc: oneOf(artifactStrategies) }),
  ttl,
  revive: under<NonNullable<EngineOptions["revive"]>>({ manifest: callable }),
  actor: actorFault,
  onHeld: callable,
  onEnded: callable,
  onWaiting: callable,
  onPlaced: callable,
  stayAlive: callable,
  alarm: callable
}

/** Runs on a database go on on any machine, so what is saved on one of them is lost to the others. */
const demandShared = ({ shared = false, store, stores = {} }: ArtifactOptions = {}): void => {
  const named = Object.entries({ ...(store === undefined ? {} : { store }), ...stores })
  for (const [name, { describe, location }] of shared ? [] : named) {
    const { kind } = location("x")
    const what = kind === "memory" ? "is in the memory of this process" : `is a ${describe} of this machine`
    const hint = "Other machines may continue its runs: use a shared store, such as s3Store(…), " +
      "or artifacts: { shared: true } for a directory that all mount"
    if (kind === "memory" || kind === "disk") demand(`artifact store "${name}" with a database`, { what, hint })
  }
}

/**
 * The options of `open` or `layer`, checked, with the path of the state
 * file, and what a process gives by itself. Throws `InvalidValue`.
 */
export const admitOpen = <R, E, RIn>(file: string, options: OpenOptions<R, E, RIn>): OpenOptions<R, E, RIn> => {
  admitOne("the path of a state file", file, path)
  const admitted = admit("the options of open", options, rules as Rules<OpenOptions<R, E, RIn>>)
  if (isPostgres(file)) demandShared(admitted.artifacts)
  return { alarm, stayAlive, actor: userHere(), ...admitted }
}
