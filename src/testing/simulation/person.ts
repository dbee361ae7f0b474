/** What people do to simulated processes. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { command } from "../../engine/control/command.ts"
import { signal } from "../../engine/control/signal.ts"
import { start } from "../../engine/life/start.ts"
import { JournalError } from "../../journal/JournalError.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Process } from "./Cluster.ts"

/** Starts a run; `refused` hears of a mistake of its author, not of storage that was lost. */
export const begin = (
  { engine, world }: Process,
  workflow: AnyWorkflow,
  input: unknown,
  id: string,
  refused: (error: unknown) => void
): void => {
  world.fork(start(engine, workflow, input, { id })).addObserver((exit) => {
    if (Exit.isSuccess(exit) || Cause.hasInterrupts(exit.cause)) return
    const error = Cause.squash(exit.cause)
    if (!(error instanceof JournalError)) refused(error)
  })
}

/** Sends a run a command; one that makes no sense any more does nothing. */
export const send = ({ engine, world }: Process, id: string, verb: "resume" | "stop" | "suspend"): void => {
  world.fork(Effect.exit(command(engine, id, verb)))
}

/** Sends a node its value. */
export const answer = ({ engine, world }: Process, id: string, node: string, value: unknown): void => {
  world.fork(Effect.exit(signal(engine, id, node, value)))
}
