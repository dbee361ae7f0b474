/** What a retry would run again, and why, before anything is done. */
import * as Effect from "effect/Effect"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { RetryRequest } from "../../engine/life/resets.ts"
import { inputOf } from "../arguments/definitionOptions.ts"
import { findNode } from "../arguments/findNode.ts"
import { againView } from "../../view/again.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { counted } from "../paint/counted.ts"
import { table } from "../paint/table.ts"
import { viewOf } from "../arguments/rows.ts"
import { planOf } from "./planOf.ts"
import type { Call } from "../Verb.ts"

/** What a command line asks to be run again. */
export const requestOf = async (
  flags: Call["flags"],
  pinnace: Pinnace,
  run: RunHandle,
  isManifest: boolean
): Promise<RetryRequest> => {
  const names = flags.all("node")
  if (isManifest && names.length === 0) return await ofManifest(flags, pinnace, run)
  const view = names.length === 0 ? undefined : await viewOf(pinnace, run)
  const input = inputOf(flags, isManifest)
  return {
    restartSuccessful: flags.on("restart-successful"),
    ...(view === undefined ? {} : { nodes: names.map((it) => findNode(view, it).path) }),
    ...(input === undefined ? {} : { input, keepReaders: isManifest })
  }
}

const ofManifest = async (flags: Call["flags"], { engine }: Pinnace, { id }: RunHandle): Promise<RetryRequest> => {
  const { manifestRetry } = await import("../../argo/commands/commands.ts")
  const selector = flags.text("node-field-selector")
  const input = inputOf(flags, true) as { readonly parameters: Readonly<Record<string, string>> } | undefined
  return Effect.runPromise(manifestRetry(engine, id, {
    restartSuccessful: flags.on("restart-successful"),
    ...(selector === undefined ? {} : { selector }),
    ...(input === undefined ? {} : { parameters: input.parameters })
  }))
}

/** What a memoized resubmission of a manifest's run runs again although it succeeded. */
export const alsoAgain = async (
  { engine }: Pinnace,
  id: string
): Promise<{ readonly also?: ReadonlyArray<string> }> => {
  const { resubmittedAlso } = await import("../../argo/commands/commands.ts")
  return Effect.runPromise(resubmittedAlso(engine, id))
}

/** Prints what would be run again, and why. */
export const showPlan = (call: Call, id: string, workflow: SomeWorkflow): Promise<number> =>
  planOf(call, id, workflow, async (run, pinnace) => {
    const { flags, shell } = call
    const plan = await run.planRetry(await requestOf(flags, pinnace, run, isManifestRun(await run.status())))
    const { again, kept } = againView(await viewOf(pinnace, run), plan)
    shell.print(`Would run ${counted(again.length, "node")} of ${id} again, and keep ${kept.length}:`)
    for (const line of table(again.map(({ name, why }) => [`  ${name}`, why]), shell.columns)) shell.print(line)
    return 0
  })
