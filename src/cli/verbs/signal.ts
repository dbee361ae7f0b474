/** `pinnace signal`. */
import type { Json } from "../../run/Event.ts"
import { actOn } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { nodeChoice, selectedNodes } from "../arguments/selectNodes.ts"
import { givenBy, suspendOptions } from "../arguments/suspendOptions.ts"
import { viewOf } from "../arguments/rows.ts"
import type { Call, Verb } from "../Verb.ts"
import { Usage } from "../Usage.ts"
import { waitingNode } from "../arguments/waiting.ts"

/** JSON where it is JSON, else the text itself; a text that begins as an object or list was meant as JSON. */
const valueOf = (text: string | undefined): Json => {
  if (text === undefined) return null
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (/^\s*[[{]/.test(text)) throw new Usage(`VALUE is not valid JSON: ${(error as Error).message}`)
    return text
  }
}

/** What Argo's `node set` gives a suspend node, or the value as it stands. */
const givenTo = (isManifest: boolean, { args, flags }: Call): Json => {
  const given = givenBy(flags)
  return isManifest ? { ...given } : valueOf(args[2])
}

const signal = (call: Call): Promise<number> =>
  actOn(
    call,
    async (run, pinnace) => {
      const view = await viewOf(pinnace, run)
      const { name, path } = waitingNode(view, call.args[1], await selectedNodes(pinnace, run, nodeChoice(call.flags)))
      return (await run.signal(path, givenTo(view.isManifest, call))).message.replace(path, name)
    },
    async (pinnace) => [await findRun(pinnace, call.args[0]!)]
  )

/** The verb. */
export const verb: Verb = {
  usage: "RUN [NODE] [VALUE]",
  about:
    "Gives a waiting node its value: JSON, or plain text. For suspend nodes of manifests, give output parameters or another end than success and let them go on.",
  takes: [1, 3],
  options: suspendOptions,
  examples: [
    ["signal @latest answer 42", 'the node "answer" gets the number 42'],
    ["signal deploy-1 approve -p decision=YES", "an output parameter of a suspend node"],
    ["signal deploy-1 approve --phase Failed -m 'not today'", "let a suspend node fail"]
  ],
  run: signal
}
