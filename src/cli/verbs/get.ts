/** `pinnace get`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { chainOf } from "../arguments/chain.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { nodeChoice, onlyNodes, selectedNodes, shownNodes } from "../arguments/selectNodes.ts"
import { dataText } from "../paint/data.ts"
import { stacksOf } from "../../view/failures.ts"
import { runObject } from "../../view/runObject.ts"
import { showRun, treeLines } from "../paint/runTree.ts"
import { look, viewOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["wide", "short", "name", "json", "yaml"] as const

const get = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args, flags, shell } = call
    const format = outputOf(call, formats)
    const runs = (await Promise.all(args.map((name) => chosen(pinnace, name, flags.on("chain"))))).flat()
    if (format === "json" || format === "yaml") {
      const data = await Promise.all(runs.map((run) => look(pinnace, (source) => runObject(source, run.id))))
      shell.print(await dataText(data.length === 1 ? data[0] : data, format))
      return 0
    }
    for (const [at, run] of runs.entries()) {
      if (at > 0 && format !== "name") shell.print("")
      if (format === "name") {
        shell.print(run.id)
        continue
      }
      const look = { paint: shell.paint, now: shell.now(), columns: shell.columns, wide: format === "wide" }
      const view = onlyNodes(await viewOf(pinnace, run), await selectedNodes(pinnace, run, nodeChoice(flags)))
      const more = format === "wide" ? [stacksOf(view), await reuseOf(pinnace, run.id)] : []
      shell.print(format === "short" ? treeLines(view, look).join("\n") : showRun(view, look))
      for (const lines of more) if (lines.length > 0) shell.print(["", ...lines].join("\n"))
    }
    return 0
  })

/** The run that is meant, or all links of its chain. */
const chosen = async (pinnace: Pinnace, name: string, isChain: boolean): Promise<ReadonlyArray<RunHandle>> => {
  const run = await findRun(pinnace, name)
  if (!isChain) return [run]
  return Promise.all((await chainOf(pinnace, run.id)).map(async ({ id }) => (await pinnace.get(id))!))
}

/** Of each node whose result may be reused: what it reused, or why it was computed. */
const reuseOf = async (pinnace: Pinnace, run: string): Promise<ReadonlyArray<string>> =>
  (await pinnace.explain(run)).map(({ because, node }) => `${node} ${because}`)

/** The verb. */
export const verb: Verb = {
  usage: "RUN…",
  about:
    'Shows a run: what it is, how far it has come, and the tree of its nodes with their states. Long lists of items are folded; -o wide shows all, and why results were reused or computed. "attempt 2/4" is the second of at most four, "attempt 2" one without a limit.',
  takes: [1, Infinity],
  options: {
    ...shownNodes,
    chain: {
      type: "boolean",
      about: "Also the runs that it goes on in, and those it goes on from, the first one first"
    },
    output: outputOption(formats)
  },
  examples: [
    ["get @latest", "the newest run"],
    ["get report-1z", "a run by the beginning of its id"],
    ["get @latest --node-field-selector phase=Failed", "only the nodes that failed"],
    ["get @latest -o json", "one object with Argo's names, for scripts"]
  ],
  run: get
}
