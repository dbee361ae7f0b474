/** Paints a graph: what is in sight, with less of each vertex the smaller it is. Owns nothing. */
import { isFailure, type Phase } from "../../run/Phase.ts"
import type { tokensOf } from "../parts/colors.ts"
import { glyphs, toneOf, tones } from "../parts/tones.ts"
import { box } from "./layout.ts"
import type { GraphVertex } from "./model.ts"
import type { Area, Drawn } from "./sight.ts"

/** What it is painted with. */
export interface Brush {
  readonly context: CanvasRenderingContext2D
  readonly colors: ReturnType<typeof tokensOf>
  readonly scale: number
}

/** Smaller than this, a vertex is a spot of its colour, and a line is straight. */
const spots = 0.12
/** Smaller than this, nothing can be read. */
const legible = 0.35

/** Paints the part of it that reaches into an area. */
export const paint = (brush: Brush, drawn: Drawn, seen: Area): void => {
  paintEdges(brush, drawn, seen, false)
  if (drawn.critical.size > 0) paintEdges(brush, drawn, seen, true)
  const { graph, laid: { places } } = drawn
  const isSeen = (x: number, y: number): boolean =>
    x >= seen.left - box.width && y >= seen.top - box.height && x <= seen.right && y <= seen.bottom
  const vertices = graph.vertices.flatMap((vertex, at) => {
    const [x, y] = [places[at * 2]!, places[at * 2 + 1]!]
    return isSeen(x, y) ? [{ vertex, x, y }] : []
  })
  if (brush.scale < spots) paintSpots(brush, vertices)
  else for (const it of vertices) paintVertex(brush, drawn, it)
}

interface Placed {
  readonly vertex: GraphVertex
  readonly x: number
  readonly y: number
}

const toneIn = ({ node }: GraphVertex): string => node === undefined ? "pending" : toneOf(node.phase, node.waiting)

const nameIn = (vertex: GraphVertex): string => tones[toneIn(vertex)] ?? "idle"

/** One path for each colour. */
const paintSpots = ({ colors, context }: Brush, vertices: ReadonlyArray<Placed>): void => {
  for (const [name, all] of Map.groupBy(vertices, ({ vertex }) => nameIn(vertex))) {
    context.beginPath()
    for (const { x, y } of all) context.rect(x, y, box.width, box.height)
    context.fillStyle = colors(`${name}-fill`)
    context.fill()
  }
}

const paintEdges = ({ colors, context, scale }: Brush, drawn: Drawn, seen: Area, isCritical: boolean): void => {
  const { critical, graph, laid: { places, routes } } = drawn
  const onPath = (at: number): boolean => critical.size > 0 && critical.has(graph.vertices[at]!.id)
  context.beginPath()
  graph.edges.forEach(([from, to], at) => {
    if ((onPath(from) && onPath(to)) !== isCritical) return
    const [x1, y1] = [places[from * 2]! + box.width, places[from * 2 + 1]! + box.height / 2]
    const [x2, y2] = [places[to * 2]!, places[to * 2 + 1]! + box.height / 2]
    if (x2 < seen.left || x1 > seen.right || Math.max(y1, y2) < seen.top || Math.min(y1, y2) > seen.bottom) return
    context.moveTo(x1, y1)
    if (scale < spots) return context.lineTo(x2, y2)
    wind(context, [x1, y1, ...routes.get(at) ?? [], x2 - 2, y2])
    if (scale <= legible) return
    context.moveTo(x2 - 8, y2 - 4)
    context.lineTo(x2 - 2, y2)
    context.lineTo(x2 - 8, y2 + 4)
  })
  context.strokeStyle = colors(isCritical ? "accent" : "line-strong")
  context.lineWidth = (isCritical ? 2.5 : 1.4) / Math.max(0.5, Math.min(1, scale * 1.5))
  context.stroke()
}

const paintVertex = (brush: Brush, { chosen, critical, isPlan }: Drawn, { vertex, x, y }: Placed): void => {
  const { colors, context, scale } = brush
  const { id, node } = vertex
  const isChosen = chosen !== "" && (chosen === node?.path || chosen === id)
  const isMarked = isChosen || critical.has(id)
  context.beginPath()
  context.roundRect(x, y, box.width, box.height, 7)
  context.fillStyle = colors(isChosen ? "chosen" : "raised")
  context.fill()
  context.lineWidth = isMarked ? 2 : 1
  const hasFailed = node !== undefined && isFailure(node.phase as Phase)
  context.strokeStyle = colors(isMarked ? "accent" : hasFailed ? "bad-fill" : "line-strong")
  context.setLineDash(node === undefined || node.startedAt === 0 ? [4, 3] : [])
  context.stroke()
  context.setLineDash([])
  paintPhases(brush, vertex, x, y)
  if (scale >= legible) paintWords(brush, vertex, { x, y, isPlan: isPlan === true })
}

/** A strip with the phase, or, of a group, with how many are in which. */
const paintPhases = ({ colors, context }: Brush, vertex: GraphVertex, x: number, y: number): void => {
  const all = Object.values(vertex.counts).reduce((sum, it) => sum + it, 0)
  if (vertex.holds === 0 || all === 0) {
    context.fillStyle = colors(`${nameIn(vertex)}-fill`)
    context.beginPath()
    context.roundRect(x, y, 4, box.height, [7, 0, 0, 7])
    return context.fill()
  }
  const of = Math.max(all, vertex.node?.items ?? 0)
  let at = x + 10
  for (const phase of ["Failed", "Error", "Running", "Succeeded", "Pending", "Skipped", "Omitted"]) {
    const count = vertex.counts[phase] ?? 0
    if (count === 0) continue
    const width = Math.max(2, ((box.width - 20) * count) / of)
    context.fillStyle = colors(`${tones[phase.toLowerCase()] ?? "idle"}-fill`)
    context.fillRect(at, y + box.height - 7, width, 3)
    at += width
  }
}

const paintWords = (
  { colors, context }: Brush,
  vertex: GraphVertex,
  { isPlan, x, y }: { readonly x: number; readonly y: number; readonly isPlan: boolean }
): void => {
  context.textBaseline = "middle"
  context.font = `600 12px ${colors("font")}`
  context.fillStyle = colors(nameIn(vertex))
  context.fillText(glyphs[toneIn(vertex)]!, x + 12, y + 15)
  context.fillStyle = colors("ink")
  const count = vertex.holds > 0 ? `${vertex.node?.children.length || vertex.holds}` : ""
  const room = box.width - 40 - (count === "" ? 0 : 14 + count.length * 7)
  context.fillText(fitted(context, vertex.label, room), x + 28, y + 15)
  context.font = `11px ${colors("font")}`
  context.fillStyle = colors("ink-3")
  if (count !== "") {
    context.textAlign = "end"
    context.fillText(`×${count} ▸`, x + box.width - 9, y + 15)
    context.textAlign = "start"
  }
  if (vertex.holds === 0 || vertex.node === undefined) {
    context.fillText(fitted(context, subtitle(vertex, isPlan), box.width - 40), x + 28, y + 30)
  }
}

/** A line through some points: level at each, straight across what it passes. */
const wind = (context: CanvasRenderingContext2D, points: ReadonlyArray<number>): void => {
  let [x, y] = [points[0]!, points[1]!]
  for (let at = 2; at < points.length; at += 2) {
    const [toX, toY] = [points[at]!, points[at + 1]!]
    const bend = Math.max(20, (toX - x) / 2)
    context.bezierCurveTo(x + bend, y, toX - bend, toY, toX, toY)
    const isStop = at < points.length - 2
    if (isStop) context.lineTo(toX + box.width, toY)
    ;[x, y] = [isStop ? toX + box.width : toX, toY]
  }
}

const subtitle = ({ label, node, runs }: GraphVertex, isPlan: boolean): string => {
  if (isPlan) return runs === label ? "" : runs
  if (node === undefined || node.startedAt === 0 && node.phase === "Pending") return "not begun"
  if (node.attempt > 1) return `${node.phase}, attempt ${node.attempt}`
  return runs === "" || runs === node.label ? node.phase : runs
}

/** A text cut so that it fits. */
const fitted = (context: CanvasRenderingContext2D, text: string, width: number): string => {
  if (context.measureText(text).width <= width) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle
    else high = middle - 1
  }
  return `${text.slice(0, low)}…`
}
