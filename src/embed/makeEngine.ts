/** Wires an engine: journal, clock, bounds, slots. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { wire } from "../engine/runs/wire.ts"
import { Engine, type HeldRun } from "../engine/Engine.ts"
import type { AskingNode, EndedRun } from "../engine/Heard.ts"
import type { PlacedTold } from "../engine/pools/PlacedTold.ts"
import { kernel } from "../engine/life/kernel.ts"
import { defaultLimits, type Limits } from "../engine/Limits.ts"
import { PermitDesk } from "../engine/permits/PermitDesk.ts"
import { Slots } from "../engine/permits/Slots.ts"
import type { RetentionOption } from "../workflow/Retention.ts"
import { cacheHost, type EngineCache } from "./cacheHost.ts"
import {
  type Counting,
  countsOf,
  fromEnvironment,
  outboxOf,
  personOf,
  push,
  sleeping,
  telemetryOf,
  tellOutside
} from "./defaults.ts"
import { artifactHost, type ArtifactHostOptions, type ArtifactOptions } from "./artifactHost.ts"
import type { SomeWorkflow } from "./inspect.ts"
import type { Post, Webhook } from "../webhook/Outbox.ts"
import type { TelemetryOptions } from "../trace/Telemetry.ts"
import type { RunKind } from "../run/Event.ts"
import type { Actor } from "../run/actor.ts"
import type { AnyTask } from "../workflow/Definition.ts"
import type { JournalShape } from "../journal/Journal.ts"
import type { Host, Pools, SecretProvider } from "../engine/Live.ts"

/** What an engine is made with. */
export interface EngineOptions {
  /** Finds secret values by name; default: environment variables. */
  readonly secrets?: SecretProvider
  /** Attempts of tasks that may be live at once; default 1,000. A free slot goes to the run of the highest priority. */
  readonly parallelism?: number
  /** Whether `console` calls inside bodies go to node logs instead of the terminal; default false. */
  readonly captureConsole?: boolean
  /** Whether results of tasks with `cache` are reused, and how many are kept. */
  readonly cache?: EngineCache
  /**
   * Who asks this engine, where nobody is named with `as`: recorded with what is started and done, for `audit`. Default
   * `PINNACE_ACTOR`, or the user and the host, such as `ada@build-1`.
   */
  readonly actor?: string | Actor
  /** Other bounds than the default ones. */
  readonly limits?: Partial<Limits>
  /**
   * How many bodies of tasks that are `on` a pool this process runs at once, such as `{ gpu: 2 }`: for the runs of any
   * process that has the same state open. Default none.
   */
  readonly pools?: Pools
  /** Whether interrupted runs go on in this process; default true. One that only offers places says false. */
  readonly takeOver?: boolean
  /** Gives numbers in [0, 1) for jitter; default `Math.random`. */
  readonly random?: () => number
  /** What runs for a task instead of its own body; for tests. */
  readonly bodyOf?: (task: AnyTask) => AnyTask["run"]
  /**
   * How definitions that are kept with runs become workflows, where none of their name is registered: their interrupted
   * runs are taken over too. `{ manifest: (text) => loadKept(text) }` goes on with the run of any manifest, whether or
   * not its file is still there.
   */
  readonly revive?: { readonly manifest?: (text: string) => SomeWorkflow }
  /**
   * Is told of each run that this process cannot go on with, and why:
   * when its workflow is registered, or when it is taken over later.
   */
  readonly onHeld?: (held: HeldRun) => void
  /**
   * Is told of each run whose end this process has recorded: once that is durable, and at most once. A process that
   * dies in between tells nobody; `webhooks` are told at least once.
   */
  readonly onEnded?: (ended: EndedRun) => void
  /** Is told of each node that begins to wait for a person, as `onEnded` is. */
  readonly onWaiting?: (asking: AskingNode) => void
  /** Is told of each body of a pool that begins or ends in this process. */
  readonly onPlaced?: (told: PlacedTold) => void
  /** Where artifacts are kept, and when they are deleted. */
  readonly artifacts?: ArtifactOptions
  /** How long ended runs are kept, where their workflow does not say; default for ever. */
  readonly ttl?: RetentionOption
  /**
   * Whether this process counts what `prometheus(pinnace)` of `pinnace/metrics` tells, or what sends it away:
   * `otlpMetrics()` of `pinnace/otel`; default false.
   */
  readonly metrics?: Counting
  /**
   * Addresses that are told of runs that end or are held: signed, and until they answer with success. What a run's end
   * has to tell is stored with it, so a process that dies tells it when it is opened again.
   */
  readonly webhooks?: ReadonlyArray<Webhook>
  /** How a webhook is posted; for tests. */
  readonly post?: Post
  /** Where the spans of runs go; default nowhere. */
  readonly telemetry?: TelemetryOptions
  /** Keeps the process alive while runs are executed or awaited; default nothing. */
  readonly stayAlive?: () => () => void
  /** Calls back at an instant or before, without keeping the process alive; default by the clock of the services. */
  readonly alarm?: Host["alarm"]
}

/** An engine on any journal, with the references (clock, scheduler, turn) of `services`. */
export const makeEngine = (
  journal: JournalShape,
  services: Context.Context<never>,
  options: EngineOptions,
  place: Pick<ArtifactHostOptions, "durability" | "file" | "group" | "isShared" | "readOnly"> = {},
  own: Partial<Pick<Host, "code" | "rehearsal">> = {}
): Engine => {
  const limits: Limits = {
    ...defaultLimits,
    ...options.limits,
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism })
  }
  // tidy: allow Math.random — jitter needs no seed in production; simulations pass their own
  const random = options.random ?? Math.random
  const clock = Context.get(services, Clock.Clock)
  const outbox = outboxOf(options.webhooks, options.post)
  const host: Omit<Host, "onLost" | "collect" | "guard" | "placements" | "react" | "runs"> = {
    journal,
    context: services,
    now: () => clock.currentTimeMillisUnsafe(),
    random,
    limits,
    slots: new Slots(limits.parallelism),
    desk: new PermitDesk(journal, services, clock),
    artifacts: artifactHost({
      artifacts: options.artifacts,
      ttl: options.ttl,
      ...place,
      process: journal.process,
      isAlive: (process) => Effect.runPromise(journal.reads.isAlive(process))
    }),
    secrets: options.secrets ?? fromEnvironment,
    captureConsole: options.captureConsole === true,
    ...cacheHost(options.cache),
    numbers: countsOf(options.metrics),
    outbox,
    ...personOf(options),
    telemetry: telemetryOf(options.telemetry, random),
    bodyOf: options.bodyOf ?? ((task) => task.run),
    stayAlive: options.stayAlive ?? (() => () => {}),
    alarm: options.alarm ?? sleeping(services, clock),
    rehearsal: undefined,
    kernel,
    ...own
  }
  const engine = new Engine(host)
  if (place.readOnly !== true) outbox?.attach(engine)
  push(engine, options.metrics)
  tellOutside(engine, options)
  for (const [kind, revive] of Object.entries(options.revive ?? {})) {
    engine.revivers.set(kind as RunKind, revive as never)
  }
  return wire(engine, { takeOver: options.takeOver, pools: place.readOnly === true ? undefined : options.pools })
}
