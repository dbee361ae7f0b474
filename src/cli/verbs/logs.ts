/** `pinnace logs`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { payAttention } from "../../engine/observe/whenChanged.ts"
import type { LogLine } from "../../journal/Journal.ts"
import { isFailure, isTerminal } from "../../run/Phase.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { numberOf, spanOf } from "../arguments/optionValues.ts"
import { meantNodes, nodeSelector } from "../arguments/selectNodes.ts"
import type { Shell } from "../Shell.ts"
import { thrownLines } from "../../view/failures.ts"
import { nodeNames } from "../show/nodeNames.ts"
import { instant } from "../../run/instant.ts"
import { viewOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

interface Wanted {
  readonly test: (line: LogLine) => boolean
  readonly tail: number | undefined
  readonly follow: boolean
  readonly show: (line: LogLine) => string
}

const logs = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const [name = "", node] = call.args
    const run = findRun(pinnace, name)
    const wanted = await wantedOf(call, pinnace, run, node)
    await tell(pinnace, run, call.shell, wanted)
    for (const line of await thrownIn(pinnace, run)) if (wanted.test(line)) call.shell.print(wanted.show(line))
    return 0
  })

const wantedOf = async (call: Call, pinnace: Pinnace, run: RunHandle, node: string | undefined): Promise<Wanted> => {
  const { flags, shell } = call
  const since = spanOf(flags, "since")
  const pattern = patternOf(flags.text("grep"))
  const json = outputOf(call, formats) === "json"
  const names = await nodeNames(pinnace, run, flags.on("follow"))
  const isMeant = await meantNodes(pinnace, run, flags, node)
  return {
    test: ({ at, path, text }) =>
      isMeant(path) &&
      (since === undefined || at >= shell.now() - since) && (pattern === undefined || pattern.test(text)),
    tail: numberOf(flags, "tail"),
    follow: flags.on("follow"),
    show: json
      ? (line) =>
        JSON.stringify({
          node: names(line.path),
          attempt: line.attempt,
          at: instant(line.at),
          level: line.level,
          text: line.text
        })
      : plain(shell, names, flags.on("timestamps"))
  }
}

/** What was thrown in the nodes that made the run fail. */
const thrownIn = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<LogLine>> => {
  const row = pinnace.engine.host.journal.findRun(run.id)
  return row === undefined || !isFailure(row.phase) ? [] : thrownLines(row.key, await viewOf(pinnace, run))
}

const patternOf = (text: string | undefined): RegExp | undefined => {
  if (text === undefined) return undefined
  try {
    return new RegExp(text, "u")
  } catch {
    throw new Usage(`--grep ${text}: not a regular expression`)
  }
}

const colors = ["cyan", "magenta", "blue", "yellow", "green"] as const

const plain = (shell: Shell, names: (path: string) => string, stamped: boolean) => {
  const seen = new Map<string, number>()
  return ({ at, attempt, level, path, text }: LogLine): string => {
    const name = `${names(path)}${attempt > 1 ? `(${attempt})` : ""}:`
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

/** Prints what there is, then what comes, until the run ends or nobody reads any more. */
const tell = async (pinnace: Pinnace, run: RunHandle, shell: Shell, wanted: Wanted): Promise<void> => {
  const { key } = pinnace.engine.host.journal.findRun(run.id)!
  let read = 0
  const more = (tail?: number): boolean => {
    const row = pinnace.engine.host.journal.getRun(key)
    const lines = row === undefined ? [] : pinnace.engine.host.journal.logs(key)
    const chosen = lines.slice(read).filter(wanted.test)
    read = Math.max(read, lines.length)
    for (const line of tail === undefined ? chosen : chosen.slice(Math.max(0, chosen.length - tail))) {
      shell.print(wanted.show(line))
    }
    return row === undefined || isTerminal(row.phase)
  }
  const ended = more(wanted.tail)
  if (ended || !wanted.follow) return
  await new Promise<void>((resolve) => {
    const attention = payAttention(pinnace.engine, key, () => more() && leave())
    const stay = shell.onGone(() => leave())
    const leave = (): void => {
      attention.end()
      stay()
      resolve()
    }
    // What came between the first look and now.
    if (more()) leave()
  })
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
