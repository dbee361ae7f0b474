/** Where the time of a run went: rows of stretches, the critical path, and a scale that folds idle time. Pure. */
import type { Recorded } from "../../run/Event.ts"
import { criticalPath, type Step, stepsOf } from "../../view/critical.ts"
import type { Vertex } from "../../view/edges.ts"
import { byPath, everyNode, type NodeView, type RunView, works } from "../../view/RunView.ts"
import { type Bar, type Stretch, stretchesOf, total } from "../../view/timeline.ts"
import { endIf, mostHeld, type Takes, takesIn } from "../../view/whatIf.ts"

/** A node that took time. */
export interface Row {
  readonly node: NodeView
  readonly stretches: ReadonlyArray<Stretch>
}

/** A run and its events, as far as they are looked at. */
export interface Told {
  readonly run: RunView
  /** Its nodes by their paths, where somebody has them. */
  readonly nodes?: ReadonlyMap<string, NodeView>
  readonly seq: number
  readonly open: {
    readonly history: { readonly events: ReadonlyArray<Recorded>; readonly planned: ReadonlyArray<Vertex> }
  }
}

/** The rows of a run in the order of its tree, until `now` or its end; `isInterrupted`: no process executes it. */
export const rowsOf = ({ nodes, open, run, seq }: Told, now: number, isInterrupted = false): ReadonlyArray<Row> => {
  const all = everyNode(run)
  const shown = nodes ?? byPath(all)
  const stretches = stretchesOf(
    open.history.events.slice(0, seq),
    run.finishedAt || now,
    (path) => shown.get(path)?.path ?? path,
    isInterrupted
  )
  return all.flatMap((node) => {
    const found = stretches.get(node.path) ?? []
    return works(node) && found.length > 0 ? [{ node, stretches: found }] : []
  })
}

/** The chain of nodes that decided how long a run took. */
export interface Critical {
  readonly bars: ReadonlyArray<Bar>
  readonly paths: ReadonlySet<string>
  /** How much of the run they took, from 0 to 1. */
  readonly share: number
  /** What it follows from. */
  readonly steps: ReadonlyArray<Step>
}

/** The critical path of a run. */
export const criticalOf = (told: Told, now: number, rows: ReadonlyArray<Row> = rowsOf(told, now)): Critical => {
  const { run } = told
  const spans = new Map(
    rows.filter(({ stretches }) => stretches.at(-1)!.to >= run.startedAt).map(({ node, stretches }) => [
      node.path,
      { from: stretches[0]!.from, to: stretches.at(-1)!.to }
    ])
  )
  const steps = stepsOf(run, told.open.history.planned, ({ path }) => spans.get(path))
  const bars = criticalPath(steps)
  const whole = Math.max(1, (run.finishedAt || now) - (run.startedAt || run.createdAt))
  const took = bars.reduce((sum, { from, to }) => sum + to - from, 0)
  return { bars, paths: new Set(bars.map(({ path }) => path)), share: Math.min(1, took / whole), steps }
}

/** What might be otherwise: a node that takes a part of its time, permits that are there at once, or more of some. */
export interface Otherwise {
  readonly path: string
  /** 0.5 is half as long. */
  readonly factor: number
  readonly isFree: boolean
  /** How many permits there are of some semaphores. */
  readonly limits?: ReadonlyMap<string, number>
}

/** The semaphores that a run waited for. */
export interface Permits {
  readonly takes: ReadonlyMap<string, Takes>
  /** How many permits of each the run held at most at once, of those for which something waited. */
  readonly held: ReadonlyMap<string, number>
}

/** What a run took of semaphores. */
export const permitsOf = ({ open, run, seq }: Told, rows: ReadonlyArray<Row>): Permits => {
  const shown = byPath(everyNode(run))
  const takes = takesIn(open.history.events.slice(0, seq), (path) => shown.get(path)?.path ?? path)
  const holders = rows.flatMap(({ node, stretches }) => {
    const own = takes.get(node.path)
    const worked = stretches.filter(({ doing }) => doing === "running")
    return own === undefined || worked.length === 0
      ? []
      : [{ from: worked[0]!.from, to: worked.at(-1)!.to, takes: own, waited: total(stretches, "permit") > 0 }]
  })
  const wanted = new Set(holders.flatMap(({ takes, waited }) => waited ? takes.map(([name]) => name) : []))
  return { takes, held: new Map([...mostHeld(holders)].filter(([name]) => wanted.has(name))) }
}

/** By how much a run would end sooner, in milliseconds. */
export const soonerIf = (
  { steps }: Critical,
  rows: ReadonlyArray<Row>,
  { factor, isFree, limits, path }: Otherwise,
  permits: Permits
): number => {
  const stretches = new Map(rows.map((row) => [row.node.path, row.stretches]))
  // Where it is known what was waited for, waits follow from the limits; else they stay as they were.
  const takesOf = (step: Step): Takes => (permits.takes.get(step.path) ?? []).filter(([name]) => permits.held.has(name))
  const worked = (step: Step): number => {
    const isKnown = takesOf(step).length > 0
    return step.to - step.from - (isKnown ? total(stretches.get(step.path) ?? [], "permit") : 0)
  }
  const otherwise = (step: Step): number => {
    const own = stretches.get(step.path) ?? []
    const waits = isFree && takesOf(step).length === 0 ? total(own, "permit") : 0
    return worked(step) - waits - (step.path === path ? total(own, "running") * (1 - factor) : 0)
  }
  const asItWas = endIf(steps, { lengthOf: worked, takesOf, limits: permits.held })
  const changed = new Map([...permits.held, ...limits ?? []])
  return asItWas - endIf(steps, isFree ? { lengthOf: otherwise } : { lengthOf: otherwise, takesOf, limits: changed })
}

/** A part of the time, at its place from 0 to 1; a fold stands for idle time. */
export interface Part {
  readonly from: number
  readonly to: number
  readonly left: number
  readonly right: number
  readonly isFold: boolean
}

/** What share of the width a fold has. */
const foldShare = 0.02

/** The parts of a time: what lasts more than a tenth of it with nothing running is folded, unless it was opened. */
export const scaleOf = (
  rows: ReadonlyArray<Row>,
  from: number,
  to: number,
  opened: ReadonlySet<number>
): ReadonlyArray<Part> => {
  const busy = rows.flatMap(({ stretches }) => stretches.filter(({ doing }) => doing === "running"))
    .toSorted((a, b) => a.from - b.from)
  const idle: Array<readonly [number, number]> = []
  let end = from
  for (const stretch of busy) {
    if (stretch.from - end > (to - from) / 10 && !opened.has(end)) idle.push([end, stretch.from])
    end = Math.max(end, stretch.to)
  }
  const shown = to - from - idle.reduce((sum, [a, b]) => sum + b - a, 0)
  const room = 1 - idle.length * foldShare
  const parts: Array<Part> = []
  let [at, left] = [from, 0]
  const put = (until: number, isFold: boolean): void => {
    if (until <= at) return
    const right = left + (isFold ? foldShare : ((until - at) / Math.max(1, shown)) * room)
    parts.push({ from: at, to: until, left, right, isFold })
    at = until
    left = right
  }
  for (const [a, b] of idle) {
    put(a, false)
    put(b, true)
  }
  put(Math.max(to, from + 1), false)
  return parts
}

/** The place of an instant, from 0 to 1. */
export const placeIn = (parts: ReadonlyArray<Part>, at: number): number => {
  const part = parts.find((it) => at <= it.to) ?? parts.at(-1)!
  return part.left + (Math.max(0, Math.min(1, (at - part.from) / (part.to - part.from)))) * (part.right - part.left)
}
