/** What the verbs that end runs have in common. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Answer } from "../../engine/control/Answer.ts"
import { nodeSelector } from "../arguments/selectNodes.ts"
import type { Call, Flags, Options } from "../Verb.ts"
import { acting, actOn } from "./act.ts"

/** Their options. */
export const ending: Options = {
  ...acting,
  ...nodeSelector("Let only these suspend nodes of a manifest fail; the run goes on"),
  message: { type: "string", short: "m", value: "TEXT", about: "Why; recorded with the run" }
}

/** Ends the runs that a command line means, or the suspend nodes of them that it selects. */
export const endRuns = (call: Call, how: "stop" | "terminate"): Promise<number> =>
  actOn(
    call,
    async (run, pinnace) => await stopNodes(run, pinnace, call.flags) ?? (await ended(run, call.flags, how)).message
  )

const ended = (run: RunHandle, flags: Flags, how: "stop" | "terminate"): Promise<Answer> => {
  const message = flags.text("message")
  if (!flags.on("compensate")) return run[how](message)
  return run.terminate({ compensate: true, ...message === undefined ? {} : { message } })
}

/** Answers what was done; `undefined` when no selector is given. Rejects with `Refused`, throws BadSelector. */
const stopNodes = async (run: RunHandle, pinnace: Pinnace, flags: Flags): Promise<string | undefined> => {
  const selector = flags.text("node-field-selector")
  if (selector === undefined) return undefined
  const { stopManifestNodes } = await import("../../argo/commands/commands.ts")
  await Effect.runPromise(stopManifestNodes(pinnace.engine, run.id, selector, flags.text("message")))
  return `Suspend nodes of run ${run.id} were stopped`
}
