/** Opens a state file and an engine on it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import process from "node:process"
import { Engine } from "../engine/Engine.ts"
import type { Host, SecretProvider } from "../engine/Host.ts"
import { defaultLimits, type Limits } from "../engine/Limits.ts"
import { Slots } from "../engine/Slots.ts"
import type { JournalShape } from "../journal/Journal.ts"
import { Turn } from "../journal/Turn.ts"
import { openSqlite, type SqliteOptions } from "../sqlite/openSqlite.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { Pinnace } from "./Pinnace.ts"

/** How to open an engine. */
export interface OpenOptions<R = never> extends Pick<SqliteOptions, "durability"> {
  /** Workflows whose interrupted runs this process takes over at once. */
  readonly workflows?: ReadonlyArray<AnyWorkflow>
  /** The services that Effect bodies need. */
  readonly layer?: Layer.Layer<R, never, never>
  /** Finds secret values by name; default: environment variables. */
  readonly secrets?: SecretProvider
  /** Attempts of tasks that may be live at once; default 1,000. */
  readonly parallelism?: number
  /** Whether `console` calls inside bodies go to node logs instead of the terminal; default false. */
  readonly captureConsole?: boolean
  readonly limits?: Partial<Limits>
  /** Gives numbers in [0, 1) for jitter; default `Math.random`. */
  readonly random?: () => number
}

/** Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted. */
export const open = async <R = never>(path: string, options: OpenOptions<R> = {}): Promise<Pinnace<R>> => {
  const scope = Scope.makeUnsafe()
  const services = await buildServices(options.layer, scope)
  const journal = openSqlite(path, {
    turn: Context.get(services, Turn),
    ...(options.durability === undefined ? {} : { durability: options.durability })
  })
  const engine = makeEngine(journal, services, options)
  const pinnace = new Pinnace<R>(engine, () => Effect.runPromise(Effect.andThen(engine.close, Scope.close(scope, Exit.void))))
  await registerOrClose(pinnace, options.workflows ?? [])
  return pinnace
}

const registerOrClose = async <R>(pinnace: Pinnace<R>, workflows: ReadonlyArray<AnyWorkflow>): Promise<void> => {
  try {
    pinnace.register(...workflows)
  } catch (error) {
    await pinnace.close()
    throw error
  }
}

const buildServices = <R>(layer: Layer.Layer<R, never, never> | undefined, scope: Scope.Scope): Promise<Context.Context<never>> => {
  if (layer === undefined) return Promise.resolve(Context.empty())
  return Effect.runPromise(Layer.buildWithScope(layer, scope)) as Promise<Context.Context<never>>
}

/** An engine on any journal, with the references (clock, scheduler, turn) of `services`. */
export const makeEngine = <R>(journal: JournalShape, services: Context.Context<never>, options: OpenOptions<R>): Engine => {
  const limits: Limits = { ...defaultLimits, ...options.limits, ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }) }
  const clock = Context.get(services, Clock.Clock)
  const host: Omit<Host, "onLost"> = {
    journal,
    context: services,
    now: () => clock.currentTimeMillisUnsafe(),
    random: options.random ?? Math.random, // tidy: the one source of chance, replaced in simulations
    limits,
    slots: new Slots(limits.parallelism),
    secrets: options.secrets ?? fromEnvironment,
    captureConsole: options.captureConsole === true
  }
  return new Engine(host)
}

const fromEnvironment: SecretProvider = (name) => process.env[name]
