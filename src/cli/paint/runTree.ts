/** A run as text: the header and the tree of nodes that `argo get` shows. Pure. */
import { attemptText } from "../../run/retry.ts"
import type { Paint } from "./Paint.ts"
import { everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { table } from "./table.ts"
import { localTime } from "./times.ts"
import { age, instant, span } from "../../run/instant.ts"
import { waitText } from "./waitText.ts"
import { cut, oneLine } from "./width.ts"

/** How a run is shown. */
export interface Look {
  readonly paint: Paint
  readonly now: number
  readonly columns: number
  /** Every item of every map, and full names. */
  readonly wide?: boolean
  /** Items beyond this many are told as a number; default 20. */
  readonly fold?: number
  /** What a node that works has logged last; by default nothing is shown of it. */
  readonly lastLine?: (node: NodeView) => string
}

/** Header and tree. */
export const showRun = (run: RunView, look: Look): string =>
  [...header(run, look), "", ...treeLines(run, look)].join("\n")

const header = (run: RunView, look: Look): ReadonlyArray<string> => {
  const { paint, now } = look
  const end = run.finishedAt === 0 ? now : run.finishedAt
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["Name:", run.id],
    ["Workflow:", run.workflow],
    ["Status:", paint.phase(run.phase, run.status)],
    ["Message:", oneLine(run.message)],
    ["Started by:", oneLine(run.by ?? "")],
    ["Created:", when(run.createdAt, now)],
    ["Started:", when(run.startedAt, now)],
    ["Finished:", when(run.finishedAt, now)],
    ["Duration:", run.startedAt === 0 ? "" : span(end - run.startedAt)],
    ["Progress:", run.total === 0 ? "" : `${run.done}/${run.total}`],
    ["Labels:", Object.entries(run.labels).map(([name, value]) => `${name}=${value}`).join(", ")]
  ]
  return [
    ...lines.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(20)} ${value}`),
    ...listed("Parameters:", run.parameters, look),
    ...listed("Output Parameters:", run.outputs, look)
  ]
}

const when = (at: number, now: number): string => at === 0 ? "" : `${localTime(at)} (${age(now - at)} ago)`

const longest = 200

const listed = (title: string, pairs: RunView["outputs"], { wide }: Look): ReadonlyArray<string> => {
  if (pairs.length === 0) return []
  const [[name, only]] = pairs as [RunView["outputs"][number]]
  if (pairs.length === 1 && name === "") return [`${title.replace(" Parameters", "").padEnd(20)} ${oneLine(only)}`]
  const text = (value: string) => wide === true || value.length <= longest ? value : `${value.slice(0, longest)}…`
  return [
    title,
    ...pairs.map(([name, value]) => `  ${name === "" ? "" : `${name}:`.padEnd(18)} ${oneLine(text(value))}`)
  ]
}

interface Line {
  readonly prefix: string
  readonly node: NodeView | undefined
  /** What is told in place of nodes that are not shown. */
  readonly note: string
}

/** The table of nodes. */
export const treeLines = (run: RunView, look: Look): ReadonlyArray<string> => {
  const lines = [...tops(run.nodes, look), ...run.handlers.flatMap((it) => [gap, ...tops([it], look)])]
  if (lines.length === 0) return []
  const titles = ["STEP", run.isManifest ? "TEMPLATE" : "TASK", "DURATION", "MESSAGE"]
  const wide = look.wide === true
  const rows = lines.map((line) => cells(line, look))
  return table([wide ? [...titles.slice(0, 3), "STARTED", "NODE", "MESSAGE"] : titles, ...rows], look.columns, 2)
}

const gap: Line = { prefix: "", node: undefined, note: "" }

const tops = (nodes: ReadonlyArray<NodeView>, look: Look): ReadonlyArray<Line> =>
  folded(nodes, look).flatMap((it) =>
    typeof it === "string" ? [{ prefix: " ", node: undefined, note: it }] : [
      { prefix: " ", node: it, note: "" },
      ...children(it, " ", look)
    ]
  )

const cells = ({ node, note, prefix }: Line, look: Look): ReadonlyArray<string> => {
  const { columns, now, paint, wide } = look
  if (node === undefined) return [`${prefix}${paint.dim(note)}`]
  const state = node.waiting === "Signal" || node.waiting === "Suspended"
    ? "Suspended"
    : node.waiting === ""
    ? node.phase
    : "Waiting"
  const icon = paint.utf8 || state === node.phase ? paint.icon(state) : paint.phase(node.phase)
  const step = cut(`${prefix}${icon} ${oneLine(node.label)}`, Math.max(16, Math.floor(columns * 0.45)))
  const runs = cut(node.runs, Math.max(10, Math.floor(columns * 0.2)))
  const took = node.startedAt === 0 || node.phase === "Skipped" ? "" : span((node.finishedAt || now) - node.startedAt)
  const message = messageIn(node, look)
  return wide === true ? [step, runs, took, instant(node.startedAt), node.name, message] : [step, runs, took, message]
}

/** The message, before it how far a list has come, and in place of it what is logged. */
const messageIn = (node: NodeView, { lastLine, now, paint }: Look): string => {
  const message = [counterOf(node, paint), messageOf(node, now)].filter((it) => it !== "").join("  ")
  if (message !== "" || node.phase !== "Running" || lastLine === undefined) return message
  return paint.dim(oneLine(lastLine(node)))
}

const cellsOfBar = 10

/** How many of the items of an open list have ended. */
const counterOf = ({ children, finishedAt, items }: NodeView, paint: Paint): string => {
  if (items === 0 || finishedAt > 0) return ""
  const done = children.filter((it) => it.finishedAt > 0).length
  const full = Math.floor(done / items * cellsOfBar)
  const [on, off] = paint.utf8 ? ["█", "░"] : ["#", "."]
  return `${paint.style("green", on.repeat(full))}${paint.dim(off.repeat(cellsOfBar - full))} ${done}/${items}`
}

/** What is to be said about a node in the column of messages. */
const messageOf = (node: NodeView, now: number): string => {
  const { attempt, attempts, finishedAt, message, progress, reruns = 0, until, waiting } = node
  const tried = attempt > 1 ? attemptText(attempt, attempts) : ""
  const why = waiting === "" ? "" : waitText(waiting, until, now)
  const kept = keptText(node)
  return oneLine(
    [kept, tried, rerunText(reruns), why, finishedAt === 0 ? progress : "", message].filter((it) => it !== "").join(
      "; "
    )
  )
}

/** Of an attempt that its process did not live to end. */
const rerunText = (reruns: number): string => reruns === 0 ? "" : "cut off with its process, begun again"

/** Of a node that did not work here: whose result it has, and what that saved. */
const keptText = ({ finishedAt, keptFrom, reused }: NodeView): string => {
  if (keptFrom === undefined) return ""
  if (reused === undefined) return `kept from ${keptFrom}`
  return `reused from ${keptFrom}, ${span(finishedAt - reused.at)} ago, saved ${span(reused.millis)}`
}

const glyphs = (paint: Paint) =>
  paint.utf8
    ? { only: "──", first: "┬─", middle: "├─", last: "└─", on: "│ " }
    : { only: "--", first: "+-", middle: "|-", last: "`-", on: "| " }

/** A group's children begin on the group's own line, as Argo draws steps that run side by side. */
const children = (node: NodeView, prefix: string, look: Look): ReadonlyArray<Line> => {
  const glyph = glyphs(look.paint)
  const found = folded(node.children, look)
  return found.flatMap((it, at): ReadonlyArray<Line> => {
    const last = at === found.length - 1
    const own = `${prefix}${last ? glyph.last : glyph.middle}`
    const below = `${prefix}${last ? "  " : glyph.on}`
    if (typeof it === "string") return [{ prefix: `${own} `, node: undefined, note: it }]
    return it.type === "StepGroup"
      ? group(it, own, below, look)
      : [{ prefix: own, node: it, note: "" }, ...children(it, below, look)]
  })
}

const group = (node: NodeView, own: string, below: string, look: Look): ReadonlyArray<Line> => {
  const glyph = glyphs(look.paint)
  const found = node.children
  return found.flatMap((it, at): ReadonlyArray<Line> => {
    const mark = found.length === 1
      ? glyph.only
      : at === 0
      ? glyph.first
      : at === found.length - 1
      ? glyph.last
      : glyph.middle
    const deeper = `${below}${found.length === 1 || at === found.length - 1 ? "  " : glyph.on}`
    return [{ prefix: `${at === 0 ? own : below}${mark}`, node: it, note: "" }, ...children(it, deeper, look)]
  })
}

/** Of many siblings only what is open or went wrong, and how many others there are. */
const folded = (nodes: ReadonlyArray<NodeView>, { fold = 20, wide }: Look): ReadonlyArray<NodeView | string> => {
  if (wide === true || nodes.length <= fold) return nodes
  const telling = nodes.filter(({ phase }) => phase !== "Succeeded" && phase !== "Skipped")
  const kept = new Set(telling.slice(0, fold))
  const counts = Map.groupBy(nodes.filter((it) => !kept.has(it)), ({ phase }) => phase)
  const note = [...counts].map(([phase, them]) => `${them.length} ${phase}`).join(", ")
  return note === "" ? [...kept] : [...kept, `… ${note}`]
}

/** How many nodes have which phase, most first: `12 Succeeded, 1 Failed`. */
export const phasesOf = (run: RunView): string => {
  const counts = Map.groupBy(everyNode(run), ({ phase }) => phase)
  return [...counts].map(([phase, them]) => [phase, them.length] as const).toSorted((a, b) => b[1] - a[1])
    .map(([phase, count]) => `${count} ${phase}`).join(", ")
}
