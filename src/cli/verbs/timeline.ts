/** `pinnace timeline`. */
import { counted } from "../paint/counted.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { byPath, flat, type NodeView, type RunView, works } from "../../view/RunView.ts"
import {
  type Bar,
  cellsOf,
  criticalPath,
  type Doing,
  kinds,
  letterOf,
  type Stretch,
  stretchesOf,
  total
} from "../../view/timeline.ts"
import { instant, span } from "../../run/instant.ts"
import { cut, oneLine, pad } from "../paint/width.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { rowOf, viewOf } from "../arguments/rows.ts"

const formats = ["json", "wide"] as const

interface Row {
  readonly node: NodeView
  readonly stretches: ReadonlyArray<Stretch>
}

/** Stands for the run as a whole among paths of nodes. */
const wholeRun = ""

const timeline = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name = ""], shell } = call
    const run = findRun(pinnace, name)
    const view = await viewOf(pinnace, run)
    const now = view.finishedAt || shell.now()
    const nodes = byPath(flat([...view.nodes, ...view.handlers]))
    const whole = new Set(view.hidden)
    const shownAt = (path: string): string => nodes.get(path)?.path ?? (whole.has(path) ? wholeRun : path)
    const stretches = stretchesOf(pinnace.engine.host.journal.events(rowOf(pinnace, run).key, 0), now, shownAt)
    const rows = rowsOf(view, stretches)
    const format = outputOf(call, formats)
    if (format === "json") shell.print(JSON.stringify(asData(view, rows), null, 2))
    else shell.print(draw(view, rows, now, shell, format === "wide").join("\n"))
    return 0
  })

/** What works, and what waited for permits before anything beneath it could work. */
const rowsOf = (view: RunView, stretches: ReadonlyMap<string, ReadonlyArray<Stretch>>): ReadonlyArray<Row> => {
  const nodes = flat([...view.nodes, ...view.handlers])
  const whole: NodeView | undefined = view.isManifest && nodes[0] !== undefined
    ? { ...nodes[0], path: wholeRun, name: view.id, type: "run" }
    : undefined
  return [...(whole === undefined ? [] : [whole]), ...nodes].map((node) => {
    const own = stretches.get(node.path) ?? []
    return { node, stretches: works(node) ? own : own.filter(({ doing }) => doing === "permit") }
  }).filter((row) => row.stretches.length > 0)
}

const barOf = ({ node, stretches }: Row): Bar => ({
  path: node.path,
  from: stretches[0]!.from,
  to: stretches.at(-1)!.to
})

/**
 * The critical path, as the report of a run has it: since its last start, and a node begins when it has its permits.
 */
const chainOf = ({ startedAt }: RunView, rows: ReadonlyArray<Row>): ReadonlyArray<Bar> =>
  criticalPath(
    rows.filter(({ node }) => works(node)).flatMap(({ node, stretches }) => {
      const own = stretches.slice(stretches.findLastIndex(({ doing }) => doing === "permit") + 1).filter(({ to }) =>
        to >= startedAt
      )
      return own.length === 0 ? [] : [barOf({ node, stretches: own })]
    })
  )

const asData = (view: RunView, rows: ReadonlyArray<Row>): object => ({
  id: view.id,
  phase: view.phase,
  startedAt: instant(view.startedAt),
  finishedAt: instant(view.finishedAt),
  criticalPath: chainOf(view, rows).map(({ path }) => path),
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
  view: RunView,
  rows: ReadonlyArray<Row>,
  now: number,
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
  const chain = chainOf(view, rows)
  const critical = new Set(chain.map(({ path }) => path))
  const shown = wide ? rows : rows.slice(0, most)
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
    `${kinds.map((it) => `${colored(shell, it)} ${words[it]}`).join("   ")}`,
    ...sums(rows, chain, now - from, shell)
  ]
}

const words: Readonly<Record<Doing, string>> = {
  running: "working",
  permit: "waiting for permits",
  retry: "waiting to be tried again",
  waiting: "waiting for a signal or a time"
}

const styles = { running: "cyan", permit: "magenta", retry: "yellow", waiting: "gray" } as const

const colored = ({ paint }: Shell, doing: Doing): string => paint.style(styles[doing], letterOf(doing, paint.utf8))

const scale = (millis: number, room: number): string => {
  const end = span(millis)
  return `0${" ".repeat(Math.max(1, room - 1 - end.length))}${end}`
}

const sums = (
  rows: ReadonlyArray<Row>,
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
