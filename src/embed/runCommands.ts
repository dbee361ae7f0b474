/** What can be done about an open run. */
import { asked } from "../engine/asked.ts"
import type { CommandArgs } from "../engine/control/Answer.ts"
import { command, terminate } from "../engine/control/command.ts"
import { signal } from "../engine/control/signal.ts"
import type { Engine } from "../engine/Engine.ts"
import type { AnySignal } from "../workflow/Signal.ts"
import type { EffectRun } from "./EffectRun.ts"

type Commands = Pick<EffectRun, "approve" | "resume" | "signal" | "stop" | "suspend" | "terminate">

/** The commands of the handle on a run. */
export const runCommands = (engine: Engine, id: string): Commands => {
  const told = (verb: Parameters<typeof command>[2], args: CommandArgs = {}) =>
    asked(engine, `${verb} a run`, () => command(engine, id, verb, args))
  const give = (to: AnySignal | string, value: unknown = null) =>
    asked(engine, "signal a run", () => signal(engine, id, to, value))
  return {
    stop: (message) => told("stop", said(message)),
    terminate: (how) => asked(engine, "terminate a run", () => terminate(engine, id, how)),
    suspend: told("suspend"),
    resume: told("resume"),
    signal: give,
    approve: (node) => give(node)
  }
}

const said = (message: string | undefined): CommandArgs => (message === undefined ? {} : { message })
