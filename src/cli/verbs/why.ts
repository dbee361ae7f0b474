/** `pinnace why`. */
import type { Why } from "../../engine/observe/why.ts"
import { isFailure } from "../../run/Phase.ts"
import { findNode } from "../arguments/findNode.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { tellFailures } from "../running/tellFailures.ts"
import { type Cause, namedCauses } from "../../view/readCauses.ts"
import type { RunView } from "../../view/RunView.ts"
import { nextOf, tellAnswers, tellStuck } from "../running/tellStuck.ts"
import { look, viewOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import type { Shell } from "../Shell.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const why = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name, node], shell } = call
    if (name === undefined) return tellStuck(call, pinnace, outputOf(call, formats))
    const run = await findRun(pinnace, name)
    const view = await viewOf(pinnace, run)
    const told = await run.why(node === undefined ? undefined : pathOf(node, view))
    const named = await look(pinnace, (source) => namedCauses(source, view, told))
    const resume = await nextOf(shell, run)
    const causes = named.map((it) => ({ ...it, because: inOurWords(it, view, resume) }))
    if (outputOf(call, formats) === "json") return tellData(shell, causes)
    if (causes.length === 0) shell.print(`${run.id}: nothing is waiting`)
    else for (const { because, name } of causes) shell.print(`${shell.paint.bold(name)}: ${because}`)
    if (isFailure((await run.status()).phase) && node === undefined) tellFailures(shell, view)
    await tellAnswers(call, pinnace, run.id, causes.map(({ path }) => path))
    return 0
  })

const tellData = (shell: Shell, causes: ReadonlyArray<Cause>): number => {
  shell.print(JSON.stringify(causes, null, 2))
  return 0
}

/** What the engine says to apps, for who has the command. */
const inOurWords = ({ because, kind }: Why, { isManifest }: RunView, resume: string): string => {
  if (kind === "unowned") return `no process executes it: go on with \`${resume}\``
  return isManifest && kind === "unknown" ? "it has not begun, or no node has this name" : because
}

/** A node that has not begun is in no view, and may still be asked for by its path. */
const pathOf = (text: string, view: RunView): string => {
  try {
    return findNode(view, text).path
  } catch {
    return text
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "[RUN [NODE]]",
  about:
    "Says why a run, or one of its nodes, is not running: what it waits for, who holds the permit it wants, when it is retried. " +
    "Without RUN: everything in the state file that does not move, each with what to do.",
  takes: [0, 2],
  options: { output: outputOption(formats) },
  examples: [
    ["why", "everything that does not move"],
    ["why @latest", "what the newest run waits for"],
    ["why @latest publish", "what one node waits for"]
  ],
  run: why
}
