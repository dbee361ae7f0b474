/** What an engine takes where its process says nothing. */
import type * as Context from "effect/Context"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import process from "node:process"
import type { Host, SecretProvider } from "../engine/Live.ts"
import { Table } from "../metrics/Table.ts"
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

/** Where facts are counted; nowhere where nobody asks. */
export const tableOf = (isCounted: boolean | undefined): Table | undefined =>
  isCounted === true ? new Table() : undefined
