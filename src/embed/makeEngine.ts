/** Wires an engine: journal, clock, bounds, slots. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import process from "node:process"
import { attach } from "../engine/life/attach.ts"
import { Engine } from "../engine/Engine.ts"
import { kernel } from "../engine/life/kernel.ts"
import { defaultLimits, type Limits } from "../engine/Limits.ts"
import { PermitDesk } from "../engine/permits/PermitDesk.ts"
import { Slots } from "../engine/permits/Slots.ts"
import type { AnyTask } from "../workflow/Definition.ts"
import type { JournalShape } from "../journal/Journal.ts"
import type { Host, SecretProvider } from "../engine/Live.ts"

/** What an engine is made with. */
export interface EngineOptions {
  /** Finds secret values by name; default: environment variables. */
  readonly secrets?: SecretProvider
  /** Attempts of tasks that may be live at once; default 1,000. */
  readonly parallelism?: number
  /** Whether `console` calls inside bodies go to node logs instead of the terminal; default false. */
  readonly captureConsole?: boolean
  readonly limits?: Partial<Limits>
  /** Gives numbers in [0, 1) for jitter; default `Math.random`. */
  readonly random?: () => number
  /** What runs for a task instead of its own body; for tests. */
  readonly bodyOf?: (task: AnyTask) => AnyTask["run"]
  /** Keeps the process alive while runs are executed or awaited; default nothing. */
  readonly stayAlive?: () => () => void
}

/** An engine on any journal, with the references (clock, scheduler, turn) of `services`. */
export const makeEngine = (journal: JournalShape, services: Context.Context<never>, options: EngineOptions): Engine => {
  const limits: Limits = {
    ...defaultLimits,
    ...options.limits,
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism })
  }
  const clock = Context.get(services, Clock.Clock)
  const host: Omit<Host, "onLost"> = {
    journal,
    context: services,
    now: () => clock.currentTimeMillisUnsafe(),
    // tidy: allow Math.random — jitter needs no seed in production; simulations pass their own
    random: options.random ?? Math.random,
    limits,
    slots: new Slots(limits.parallelism),
    desk: new PermitDesk(journal, services, () => clock.currentTimeMillisUnsafe()),
    secrets: options.secrets ?? fromEnvironment,
    captureConsole: options.captureConsole === true,
    bodyOf: options.bodyOf ?? ((task) => task.run),
    stayAlive: options.stayAlive ?? (() => () => {}),
    kernel
  }
  return attach(new Engine(host))
}

const fromEnvironment: SecretProvider = (name) => process.env[name]
