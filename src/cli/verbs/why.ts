/** `pinnace why`. */
import { findNode } from "../findNode.ts"
import { findRun } from "../findRun.ts"
import { outputOf, outputOption } from "../outputOption.ts"
import { viewOf } from "../show/viewOf.ts"
import { withState } from "../state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const why = (call: Call): Promise<number> =>
  withState(call.shell, async (pinnace) => {
    const [name = "", node] = call.args
    const run = findRun(pinnace, name)
    const causes = run.why(node === undefined ? undefined : pathOf(node, await viewOf(pinnace, run)))
    if (outputOf(call, formats) === "json") call.shell.print(JSON.stringify(causes, null, 2))
    else if (causes.length === 0) call.shell.print(`${run.id}: nothing is waiting`)
    for (const { because, path } of outputOf(call, formats) === "json" ? [] : causes) {
      call.shell.print(`${call.shell.paint.bold(path === "" ? run.id : path)}: ${because}`)
    }
    return 0
  })

/** A node that has not begun is in no view, and may still be asked for by its path. */
const pathOf = (text: string, view: Awaited<ReturnType<typeof viewOf>>): string => {
  try {
    return findNode(view, text).path
  } catch {
    return text
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN [NODE]",
  about:
    "Says why a run, or one of its nodes, is not running: what it waits for, who holds the permit it wants, when it is tried again.",
  takes: [1, 2],
  options: { output: outputOption(formats) },
  examples: [
    ["why @latest", "what the newest run waits for"],
    ["why @latest publish", "what one node waits for"]
  ],
  run: why
}
