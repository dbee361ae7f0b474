/** What an engine takes where its process says nothing. */
import type * as Context from "effect/Context"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import process from "node:process"
import type { Host, SecretProvider } from "../engine/Live.ts"
import type { Engine } from "../engine/Engine.ts"
import type { Hooks } from "../engine/Heard.ts"
import { present } from "../engine/observe/metrics.ts"
import type { MetricSink } from "../metrics/MetricSink.ts"
import { Numbers } from "../metrics/Numbers.ts"
import { heardOutside } from "../workflow/heardOutside.ts"
import { type Actor, toActor } from "../run/actor.ts"
import { Outbox, type Post, type Webhook } from "../webhook/Outbox.ts"
import { Telemetry, type TelemetryOptions } from "../trace/Telemetry.ts"

/** Calls back at an instant. */
export const sleeping = (services: Context.Context<never>, clock: Clock.Clock): Host["alarm"] => (at, ring) => {
  const wait = Duration.millis(Math.max(0, at - clock.currentTimeMillisUnsafe()))
  const fiber = Effect.runForkWith(services)(Effect.andThen(Effect.sleep(wait), Effect.sync(ring)))
  return () => fiber.interruptUnsafe()
}

/** Secrets are environment variables. */
export const fromEnvironment: SecretProvider = (name) => process.env[name]

/** What is told to tracers; nothing where nobody asks. */
export const telemetryOf = (options: TelemetryOptions | undefined, random: () => number): Telemetry | undefined =>
  options && new Telemetry(options, random)

/** Whether facts are counted, and what sends the numbers away. */
export type Counting = boolean | MetricSink

/** Where facts are counted; nowhere where nobody asks. */
export const countsOf = (metrics: Counting = false): Numbers | undefined =>
  metrics === false ? undefined : new Numbers()

/** Begins to send what is counted, where somebody is there to send it. */
export const push = (engine: Engine, metrics: Counting = false): void => {
  const { now, numbers } = engine.host
  if (typeof metrics === "boolean" || numbers === undefined) return
  const source = { since: now(), now, counted: numbers.table, present: () => Effect.runPromise(present(engine)) }
  try {
    engine.pushing = metrics.follow(source)
  } catch {
    // It is the sink's own.
  }
}

/** What tells others of runs; nothing where nobody asks. */
export const outboxOf = (webhooks: ReadonlyArray<Webhook> = [], post?: Post): Outbox | undefined =>
  webhooks.length === 0 ? undefined : new Outbox(webhooks, post)

/** Tells the app's own functions of what happens to runs here. */
export const tellOutside = (
  engine: Engine,
  { onHeld, onPlaced }: Partial<Pick<Engine, "onHeld" | "onPlaced">>
): void => {
  if (onHeld !== undefined) engine.onHeld = (held) => heardOutside(() => onHeld(held))
  if (onPlaced !== undefined) engine.onPlaced = (told) => heardOutside(() => onPlaced(told))
}

/** Who asks an engine, and the app's own functions that are told of facts; nothing where there are none. */
export const personOf = (
  { actor, onEnded, onWaiting }: Hooks & { readonly actor?: string | Actor }
): Pick<Host, "actor" | "hooks"> => ({
  actor: actor === undefined ? undefined : toActor(actor),
  hooks: onEnded === undefined && onWaiting === undefined ? undefined : { onEnded, onWaiting }
})
