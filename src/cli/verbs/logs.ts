/** `pinnace logs`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { LogView } from "../../run/view.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { numberOf, spanOf } from "../arguments/optionValues.ts"
import { meantNodes, nodeSelector } from "../arguments/selectNodes.ts"
import { asData } from "../running/logData.ts"
import { followAll, tellAll, type TellingAll } from "../running/tellAll.ts"
import { tellWhole, type Wanted } from "../running/tellLog.ts"
import type { Shell } from "../Shell.ts"
import { isLineMeant } from "../../run/select/lineChoice.ts"
import type { LinePattern } from "../../view/linePattern.ts"
import { nodeNames } from "../arguments/nodeNames.ts"
import { instant } from "../../run/instant.ts"
import { withView } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const logs = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const [name = "", node] = call.args
    if (call.flags.on("all")) await ofAll(call, pinnace)
    else if (name === "") throw new Usage("name a run, as in logs @latest, or say --all")
    else await ofRun(call, pinnace, await findRun(pinnace, name), node)
    return 0
  })

const ofRun = async (call: Call, pinnace: Pinnace, run: RunHandle, node: string | undefined): Promise<void> => {
  const wanted = await wantedOf(call, pinnace, run, node)
  await tellWhole(pinnace, run, call.shell, wanted)
}

const ofAll = async (call: Call, pinnace: Pinnace): Promise<void> => {
  const { args, flags, shell } = call
  if (args.length > 0) throw new Usage("--all shows every run: leave out RUN")
  const since = spanOf(flags, "since")
  const telling: TellingAll = {
    isMeant: ({ finishedAt }) => since === undefined || finishedAt === undefined || finishedAt >= shell.now() - since,
    tell: (run) => ofRun(call, pinnace, run, undefined)
  }
  await (flags.on("follow") ? followAll(pinnace, shell, telling) : tellAll(pinnace, telling))
}

const wantedOf = async (call: Call, pinnace: Pinnace, run: RunHandle, node: string | undefined): Promise<Wanted> => {
  const { flags, shell } = call
  const since = spanOf(flags, "since")
  const pattern = await patternOf(flags.text("grep"))
  const namesOf = nodeNames(pinnace, run)
  const isMeant = await meantNodes(pinnace, run, flags, node)
  const isData = flags.on("json") || outputOf(call, formats) === "json"
  const text = isData
    ? await asData(pinnace, run)
    : plain(shell, flags.on("timestamps"), flags.on("all") ? `${run.id} ` : "")
  const least = levelOf(flags.text("level"))
  return {
    choice: pattern.choice,
    test: (line) =>
      isMeant(line.path) && levels.indexOf(line.level) >= least &&
      (since === undefined || line.at >= shell.now() - since) &&
      isLineMeant(line, pattern.choice) && pattern.test?.(line.text) !== false,
    tail: numberOf(flags, "tail"),
    follow: flags.on("follow"),
    show: async (lines) => {
      const names = await namesOf(lines.map(({ path }) => path))
      for (const line of lines) shell.print(text(line, names(line.path)))
    }
  }
}

const levels: ReadonlyArray<string> = ["debug", "info", "warn", "error"]

const levelOf = (name = "debug"): number => {
  const at = levels.indexOf(name)
  if (at < 0) throw new Usage(`--level ${name}: choose ${levels.join(", ")}`)
  return at
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

const plain = (shell: Shell, stamped: boolean, prefix: string) => {
  const seen = new Map<string, number>()
  return ({ at, attempt, level, path, text }: LogView, node: string): string => {
    const name = `${prefix}${node}${attempt > 1 ? `(${attempt})` : ""}:`
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
  usage: "RUN [NODE] [options] | --all [options]",
  about:
    "Shows what the nodes of a run, or one of them, have logged, oldest first. NODE is a name, a path, or the beginning of one.",
  takes: [0, 2],
  options: {
    follow: { type: "boolean", short: "f", about: "Keep printing until the run ends; with --all, until you stop it" },
    ...nodeSelector("Only lines of these nodes, as in phase=Failed"),
    all: { type: "boolean", about: "Of every run, the oldest first" },
    level: { type: "string", value: "debug|info|warn|error", about: "Only lines of this level and above" },
    grep: { type: "string", value: "REGEX", about: "Only lines that match" },
    since: { type: "string", value: "10m", about: "Only lines newer than this" },
    tail: { type: "string", value: "N", about: "Only the last N lines" },
    timestamps: { type: "boolean", about: "Show when each line was written" },
    json: { type: "boolean", about: "The same as -o json: an object a line, with the run, node and span of each" },
    output: outputOption(formats)
  },
  examples: [
    ["logs @latest -f", "follow the newest run"],
    ["logs @latest fetch --tail 20", "the end of the log of one node"],
    ["logs nightly-1 --grep 'warn|error'", "only what matches"],
    ["logs --all --json --since 1h --level warn", "what went wrong in the last hour, for a log shipper"],
    ["logs --all --follow --json", "everything as it is written, for a log shipper that reads a pipe"]
  ],
  run: logs
}
