/** `pinnace run`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isTerminal } from "../../run/Phase.ts"
import { execute, logOption } from "../running/execute.ts"
import { type FollowFormat, followFormats, isData } from "../running/follow.ts"
import { uiOption } from "../running/alsoServed.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { readManifests } from "../arguments/files.ts"
import { loadOptionsOf, type Source } from "../arguments/source.ts"
import { nodeChoice, shownNodes } from "../arguments/selectNodes.ts"
import { startOptions, startRequest, startRun } from "../arguments/startRequest.ts"
import type { Call, Verb } from "../Verb.ts"

const run = async (call: Call): Promise<number> => {
  outputOf(call, followFormats)
  const request = await startRequest(call)
  const { isManifest, source, workflow } = request
  if (isManifest && call.flags.on("report")) await reportOn(call, source!)
  return execute(call, workflow, async (pinnace) => {
    await sayIfEnded(call, pinnace, request.options.id)
    if (isManifest) await sayAboutImages(call, pinnace, source!)
    return { run: await startRun(pinnace, request), isChosen: nodeChoice(call.flags) }
  })
}

/** Once, with the first run of a state file: people who know Argo expect images. */
const sayAboutImages = async ({ flags, shell }: Call, pinnace: Pinnace, { executor, files }: Source): Promise<void> => {
  if (executor === "podman" || executor === "docker" || (await pinnace.list({ limit: 1 })).length > 0) return
  if (isData(flags.text("output") as FollowFormat | undefined) || files.includes("-")) return
  if (!readManifests(files).some(({ text }) => /^[^#\n]*\bimage:/m.test(text))) return
  shell.complain(
    "Images are not used here: commands run on this machine. --executor podman or docker uses them."
  )
}

/** An id is one run, so what is shown then is what there was. */
const sayIfEnded = async ({ shell }: Call, pinnace: Pinnace, id: string | undefined): Promise<void> => {
  const phase = id === undefined ? undefined : (await (await pinnace.get(id))?.status())?.phase
  if (phase === undefined || !isTerminal(phase)) return
  shell.complain(
    `Run ${id} has already ended (${phase}); nothing was started. To run it again in a new run: ${shell.program} resubmit ${id}`
  )
}

/** What of the manifests is honoured, beside the output. */
const reportOn = async ({ shell }: Call, source: Source): Promise<void> => {
  const { describeEnvironment, formatReport, supportReport } = await import("../../argo/mod.ts")
  const { env } = await loadOptionsOf(source, shell)
  shell.complain(formatReport(supportReport(readManifests(source.files))))
  shell.complain(describeEnvironment({ env: env ?? {}, inheritEnv: source.inheritEnv === true }))
}

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [-p NAME=VALUE]… [options]",
  about:
    "Runs a workflow to its end: an Argo manifest (a directory stands for all manifests in it, - for standard input), or a TypeScript module that exports a workflow. " +
    "Ctrl-C stops it so that exit handlers run; a second terminates it; a third kills this process, and `resume` goes on with the run. SIGTERM and SIGHUP leave it for `resume`. `submit` does the same in the background.",
  takes: [1, Infinity],
  options: { ...startOptions, ...shownNodes, log: logOption, ui: uiOption, output: outputOption(followFormats) },
  examples: [
    ["run hello.yaml -p message=hi", "an Argo manifest"],
    ["run workflows/ --workflow nightly", "one of many manifests"],
    ["run flow.ts --input '{\"n\": 3}'", "the workflow that a module exports"],
    ["run hello.yaml -o json --db :memory:", "one object at the end, and nothing left behind"]
  ],
  run
}
