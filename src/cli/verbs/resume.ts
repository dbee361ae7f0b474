/** `pinnace resume`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { isTerminal } from "../../run/Phase.ts"
import { acting, actOn, chosen } from "../running/act.ts"
import { fileOption } from "../arguments/definitionOptions.ts"
import { detach, detachOption } from "../running/detach.ts"
import { execute } from "../running/execute.ts"
import { resumeRun } from "../running/resumeRun.ts"
import { followFormats } from "../running/follow.ts"
import { outputOption } from "../arguments/outputOption.ts"
import { nodeSelector } from "../arguments/selectNodes.ts"
import { definitionOf, isDefined } from "../arguments/definition.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { standOf } from "../arguments/rows.ts"

const resume = async (call: Call): Promise<number> => {
  const orphan = await withState(call.shell, (pinnace) => orphanOf(call, pinnace))
  if (orphan === undefined) {
    return actOn(call, (run, pinnace) => resumeRun(run, pinnace, call.flags.text("node-field-selector")))
  }
  if (call.flags.on("detach")) return detach(call, "resume", verb.options)
  const asked = { shell: call.shell, files: call.flags.all("file"), verb: "resume" } as const
  const workflow = await withState(
    call.shell,
    async (pinnace) => definitionOf({ ...asked, run: (await pinnace.get(orphan))! })
  )
  return execute(call, workflow, async (pinnace) => {
    const run = (await pinnace.get(orphan))!
    const after = (await standOf(pinnace, run)).seq
    if ((await run.status()).suspended) await resumeRun(run, pinnace, undefined)
    return { run, after }
  })
}

/**
 * The one run that is meant, when no living process executes it and
 * its definition can be found: then this process goes on with it.
 */
const orphanOf = async (call: Call, pinnace: Pinnace): Promise<string | undefined> => {
  const seen = await interrupted(call, pinnace)
  const [run, more] = await chosen(call, pinnace)
  if (seen !== undefined || run === undefined || more !== undefined || call.flags.on("dry-run")) return seen
  await ownerHasAnswered(run)
  return interrupted(call, pinnace)
}

/**
 * A process that was killed just now holds its lock until the system has ended its last thread, so it looks alive.
 * What tells is an answer: this waits until the owner has refused to resume what is not suspended, or is gone.
 */
const ownerHasAnswered = async (run: RunHandle): Promise<void> => {
  const { phase, suspended } = await run.status()
  if (isTerminal(phase) || suspended) return
  await run.resume().catch((error: { readonly _tag?: string }) => {
    if (error._tag !== "Refused") throw error
  })
}

const interrupted = async (call: Call, pinnace: Pinnace): Promise<string | undefined> => {
  const [run, more] = await chosen(call, pinnace)
  if (run === undefined || more !== undefined || call.flags.on("dry-run")) return undefined
  const { executed, row } = await standOf(pinnace, run)
  const { phase, workflow } = row
  if (isTerminal(phase) || executed) return undefined
  const isOwn = call.shell.workflows.some((it) => (it as unknown as { readonly name: string }).name === workflow)
  return isOwn || isDefined(row) || call.flags.all("file").length > 0 ? run.id : undefined
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Continues suspended runs. In runs of manifests, suspend nodes that wait succeed; a selector chooses among them. " +
    "A run that was interrupted, so that no process executes it, is executed here to its end, or with --detach in the background.",
  takes: [0, Infinity],
  options: {
    ...acting,
    ...nodeSelector("Which suspend nodes of a manifest"),
    ...fileOption,
    detach: detachOption,
    output: outputOption(followFormats)
  },
  examples: [
    ["resume @latest", "let the newest run go on, or go on with it here when its process died"],
    ["resume nightly-1 --detach", "let a background process go on with it"],
    ["resume deploy-1 --node-field-selector displayName=approve", "let one suspend node of a manifest go on"]
  ],
  run: resume
}
