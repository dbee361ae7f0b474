/** `pinnace logs`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { LogView } from "../../run/view.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { numberOf, spanOf } from "../arguments/optionValues.ts"
import { meantNodes, nodeSelector } from "../arguments/selectNodes.ts"
import { tellLog, type Wanted } from "../running/tellLog.ts"
import type { Shell } from "../Shell.ts"
import { isLineMeant } from "../../run/select/lineChoice.ts"
import type { LinePattern } from "../../view/linePattern.ts"
import { thrownLines } from "../../view/failures.ts"
import { nodeNames } from "../arguments/nodeNames.ts"
import { instant } from "../../run/instant.ts"
import { viewOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const logs = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const [name = "", node] = call.args
    const run = await findRun(pinnace, name)
    const wanted = await wantedOf(call, pinnace, run, node)
    await tellLog(pinnace, run, call.shell, wanted)
    await wanted.show((await thrownIn(pinnace, run)).filter(wanted.test))
    return 0
  })

const wantedOf = async (call: Call, pinnace: Pinnace, run: RunHandle, node: string | undefined): Promise<Wanted> => {
  const { flags, shell } = call
  const since = spanOf(flags, "since")
  const pattern = await patternOf(flags.text("grep"))
  const namesOf = nodeNames(pinnace, run)
  const isMeant = await meantNodes(pinnace, run, flags, node)
  const text = outputOf(call, formats) === "json" ? asData : plain(shell, flags.on("timestamps"))
  return {
    choice: pattern.choice,
    test: (line) =>
      isMeant(line.path) && (since === undefined || line.at >= shell.now() - since) &&
      isLineMeant(line, pattern.choice) && pattern.test?.(line.text) !== false,
    tail: numberOf(flags, "tail"),
    follow: flags.on("follow"),
    show: async (lines) => {
      const names = await namesOf(lines.map(({ path }) => path))
      for (const line of lines) shell.print(text(line, names(line.path)))
    }
  }
}

const asData = ({ at, attempt, level, text }: LogView, node: string): string =>
  JSON.stringify({ node, attempt, at: instant(at), level, text })

/** What was thrown in the nodes that made the run fail. */
const thrownIn = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<LogView>> => {
  const view = await pinnace.get(run.id) === undefined ? undefined : await viewOf(pinnace, run)
  return view !== undefined && (view.phase === "Failed" || view.phase === "Error") ? thrownLines(view) : []
}

const patternOf = async (text: string | undefined): Promise<LinePattern> => {
  if (text === undefined) return { choice: {} }
  const { linePattern } = await import("../../view/linePattern.ts")
  try {
    return linePattern(text)
  } catch {
    throw new Usage(`--grep ${text}: not a regular expression`)
  }
}

const colors = ["cyan", "magenta", "blue", "yellow", "green"] as const

const plain = (shell: Shell, stamped: boolean) => {
  const seen = new Map<string, number>()
  return ({ at, attempt, level, path, text }: LogView, node: string): string => {
    const name = `${node}${attempt > 1 ? `(${attempt})` : ""}:`
    if (!seen.has(path)) seen.set(path, seen.size)
    const label = shell.paint.style(colors[seen.get(path)! % colors.length]!, name)
    const loud = level === "error"
      ? shell.paint.style("red", text)
      : level === "warn"
      ? shell.paint.style("yellow", text)
      : text
    return `${stamped ? `${shell.paint.dim(instant(at))} ` : ""}${label} ${loud}`
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN [NODE] [options]",
  about:
    "Shows what the nodes of a run, or one of them, have logged, oldest first. NODE is a name, a path, or the beginning of one.",
  takes: [1, 2],
  options: {
    follow: { type: "boolean", short: "f", about: "Keep printing until the run ends" },
    ...nodeSelector("Only lines of these nodes, as in phase=Failed"),
    grep: { type: "string", value: "REGEX", about: "Only lines that match" },
    since: { type: "string", value: "10m", about: "Only lines newer than this" },
    tail: { type: "string", value: "N", about: "Only the last N lines" },
    timestamps: { type: "boolean", about: "Show when each line was written" },
    output: outputOption(formats)
  },
  examples: [
    ["logs @latest -f", "follow the newest run"],
    ["logs @latest fetch --tail 20", "the end of the log of one node"],
    ["logs nightly-1 --grep 'warn|error'", "only what matches"]
  ],
  run: logs
}
