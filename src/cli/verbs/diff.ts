/** `pinnace diff`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Json } from "../../run/Event.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { type Compared, differences } from "../show/difference.ts"
import { isManifestRun, payload } from "../show/runHead.ts"
import { cut, oneLine } from "../paint/width.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { nodeRowsOf, rowOf } from "../arguments/rows.ts"

const formats = ["json"] as const

const diff = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args, shell } = call
    const [left, right] = args.map((name) => findRun(pinnace, name))
    const found = differences(await nodesOf(pinnace, left!), await nodesOf(pinnace, right!))
    if (outputOf(call, formats) === "json") {
      shell.print(JSON.stringify({ left: left!.id, right: right!.id, nodes: found }, null, 2))
      return 0
    }
    shell.print(`${left!.id} → ${right!.id}`)
    if (found.length === 0) shell.print("No difference")
    for (const { name, what } of found) {
      shell.print(shell.paint.bold(name))
      for (const line of what) shell.print(cut(`  ${oneLine(line)}`, shell.columns))
    }
    return 0
  })

/** The nodes, with the run itself first. */
const nodesOf = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<Compared>> => {
  const row = rowOf(pinnace, run)
  const rows = nodeRowsOf(pinnace, run, true)
  const own: Compared = {
    name: "(run)",
    phase: row.phase,
    message: row.message ?? "",
    attempt: row.epoch,
    millis: row.finishedAt === 0 ? 0 : row.finishedAt - row.startedAt,
    input: payload(pinnace, row, row.inputSeq),
    output: payload(pinnace, row, row.resultSeq)
  }
  if (isManifestRun(row)) return [own, ...await ofManifest(pinnace, run)]
  return [
    own,
    ...rows.map((it) => ({
      name: it.path,
      phase: it.phase,
      message: it.message ?? "",
      attempt: it.attempt,
      millis: it.finishedAt === 0 ? 0 : it.finishedAt - it.startedAt,
      input: it.input,
      output: it.output
    }))
  ]
}

/** Names of manifests begin with the name of their run, which differs. */
const ofManifest = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<Compared>> => {
  const { viewRun } = await import("../../argo/view.ts")
  const view = viewRun(pinnace.engine, run.id)!
  return view.nodes.map((it) => ({
    name: it.name.startsWith(view.name) ? it.name.slice(view.name.length).replace(/^\./, "") || "(root)" : it.name,
    phase: it.phase,
    message: it.message,
    attempt: it.attempt,
    millis: it.finishedAt === "" || it.startedAt === "" ? 0 : Date.parse(it.finishedAt) - Date.parse(it.startedAt),
    input: it.inputs as unknown as Json,
    output: it.outputs as unknown as Json
  }))
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN RUN",
  about:
    "Compares two runs node by node: phases, messages, attempts, inputs, outputs, and times that differ by half or more.",
  takes: [2, 2],
  options: { output: outputOption(formats) },
  examples: [["diff nightly-1 nightly-2", "what was different last night"]],
  run: diff
}
