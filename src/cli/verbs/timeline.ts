/** `pinnace timeline`. */
import { counted } from "../paint/counted.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { type Bar, type Doing, kinds, total } from "../../view/timeline.ts"
import { barOf, readTimeline, type Timeline, type TimelineRow } from "../../view/readTimeline.ts"
import { cellsOf, letterOf } from "../paint/cells.ts"
import { instant, span } from "../../run/instant.ts"
import { cut, oneLine, pad } from "../paint/width.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { look } from "../arguments/rows.ts"

const formats = ["json", "wide"] as const

const timeline = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name = ""], shell } = call
    const run = await findRun(pinnace, name)
    const found = (await look(pinnace, (source) => readTimeline(source, run.id)))!
    const format = outputOf(call, formats)
    if (format === "json") shell.print(JSON.stringify(asData(found), null, 2))
    else shell.print(draw(found, shell, format === "wide").join("\n"))
    return 0
  })

const asData = ({ critical, rows, run: view }: Timeline): object => ({
  id: view.id,
  phase: view.phase,
  startedAt: instant(view.startedAt),
  finishedAt: instant(view.finishedAt),
  criticalPath: critical.map(({ path }) => path),
  nodes: rows.map(({ node, stretches }) => ({
    name: node.name,
    path: node.path,
    phase: node.phase,
    stretches: stretches.map(({ doing, from, to }) => ({
      doing,
      from: instant(from),
      to: instant(to),
      millis: to - from
    }))
  }))
})

const most = 200

const draw = (
  { critical: chain, now, rows, run: view }: Timeline,
  shell: Shell,
  wide: boolean
): ReadonlyArray<string> => {
  if (rows.length === 0) {
    return [`${view.id}: ${view.finishedAt > 0 ? "no node took any time" : "nothing has begun yet"}`]
  }
  const columns = Math.min(shell.columns, wide ? 400 : 120)
  const names = rows.map(({ node }) => oneLine(node.name))
  const label = Math.min(Math.max(...names.map((it) => it.length)), Math.floor(columns / 3))
  const room = columns - label - 12
  const from = Math.min(view.startedAt || now, ...rows.map((row) => row.stretches[0]!.from))
  const critical = new Set(chain.map(({ path }) => path))
  const shown = wide ? rows : rows.slice(0, most)
  const hasGone = rows.some(({ stretches }) => total(stretches, "gone") > 0)
  return [
    `${pad("", label + 2)}${scale(now - from, room)}`,
    ...shown.map((row, at) => {
      const cells = cellsOf(row.stretches, from, now, room).map((it) => it === undefined ? " " : colored(shell, it))
        .join("")
      const name = pad(cut(names[at]!, label), label)
      const { from: begin, to: end } = barOf(row)
      return `${critical.has(row.node.path) ? shell.paint.bold(name) : name}  ${cells} ${span(end - begin)}`.trimEnd()
    }),
    ...(shown.length < rows.length
      ? [`… ${counted(rows.length - shown.length, "more node")} (-o wide shows all)`]
      : []),
    "",
    `${kinds.filter((it) => it !== "gone" || hasGone).map((it) => `${colored(shell, it)} ${words[it]}`).join("   ")}`,
    ...sums(rows, chain, now - from, shell)
  ]
}

const words: Readonly<Record<Doing, string>> = {
  running: "working",
  permit: "waiting for permits",
  retry: "waiting to be tried again",
  waiting: "waiting for a signal or a time",
  gone: "cut off with its process"
}

const styles = { running: "cyan", permit: "magenta", retry: "yellow", waiting: "gray", gone: "red" } as const

const colored = ({ paint }: Shell, doing: Doing): string => paint.style(styles[doing], letterOf(doing, paint.utf8))

const scale = (millis: number, room: number): string => {
  const end = span(millis)
  return `0${" ".repeat(Math.max(1, room - 1 - end.length))}${end}`
}

const sums = (
  rows: ReadonlyArray<TimelineRow>,
  chain: ReadonlyArray<Bar>,
  wall: number,
  { columns, paint }: Shell
): ReadonlyArray<string> => {
  const sum = (doing: Doing): number => rows.reduce((all, row) => all + total(row.stretches, doing), 0)
  const worked = sum("running")
  const names = new Map(rows.map(({ node }) => [node.path, node.name]))
  const path = chain.map((it) => names.get(it.path)).join(paint.utf8 ? " → " : " > ")
  const waits = kinds.filter((it) => it !== "running" && sum(it) > 0).map((it) => `${span(sum(it))} ${words[it]}`)
  return [
    cut(`Critical path: ${path}`, columns),
    `Took ${span(wall)}, worked ${span(worked)}: ${(worked / Math.max(1, wall)).toFixed(1)} nodes at once on average${
      waits.length === 0 ? "" : `; ${waits.join(", ")}`
    }`
  ]
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN",
  about:
    "Draws when each node waited and worked. The nodes of the critical path, the chain that decided how long the run took, are listed below the drawing and are bold in it.",
  takes: [1, 1],
  options: { output: outputOption(formats) },
  examples: [["timeline @latest", "where the time of the newest run went"]],
  run: timeline
}
