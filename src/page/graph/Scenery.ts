/**
 * Draws a graph on a canvas: only what is in sight, with less of each the smaller it is.
 *
 * Owns: the view (where, how large), whether it has to be drawn again. Does not own: what is drawn.
 *
 * Invariants
 * - It is drawn at most once a frame, and only after something changed.
 */
import { isFailure, type Phase } from "../../run/Phase.ts"
import { tokensOf } from "../parts/colors.ts"
import { glyphs, toneOf, tones } from "../parts/tones.ts"
import { box } from "./layout.ts"
import type { GraphVertex } from "./model.ts"
import { type Area, boundsOf, type Drawn, type Sight } from "./sight.ts"

type Colors = ReturnType<typeof tokensOf>

/** The canvas. */
export class Scenery {
  readonly #canvas: HTMLCanvasElement
  #drawn: Drawn | undefined
  #scale = 1
  #x = 0
  #y = 0
  #frame = 0
  /** Is called after each time it was drawn. */
  onDrawn: () => void = () => {}

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
  }

  /** Shows something else; `fit` chooses the view anew. */
  show(drawn: Drawn, fit: boolean): void {
    this.#drawn = drawn
    if (fit) this.fit()
    this.dirty()
  }

  /** Shows all of it. */
  fit(): void {
    const size = this.#drawn && boundsOf(this.#drawn)
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    if (size === undefined || wide === 0) return
    const [width, height] = [size.right - size.left, size.bottom - size.top]
    const whole = Math.min(1.1, Math.max(0.02, Math.min((wide - 48) / width, (tall - 48) / height)))
    // A small graph is to be read from its beginning rather than seen as a whole.
    const isRead = whole < 0.55 && this.#drawn!.graph.vertices.length <= 60
    this.#scale = isRead ? 0.8 : whole
    this.#x = (isRead ? 16 : (wide - width * this.#scale) / 2) - size.left * this.#scale
    this.#y = (tall - height * this.#scale) / 2 - size.top * this.#scale
    this.dirty()
  }

  /** What is drawn, and the part of it that is in sight. */
  get sight(): Sight | undefined {
    const drawn = this.#drawn
    const bounds = drawn === undefined ? undefined : boundsOf(drawn)
    if (drawn === undefined || bounds === undefined) return undefined
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    const [left, top] = [-this.#x / this.#scale, -this.#y / this.#scale]
    return { drawn, bounds, left, top, right: left + wide / this.#scale, bottom: top + tall / this.#scale }
  }

  /** Brings a place of the graph into the middle. */
  center(x: number, y: number): void {
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    this.#x = wide / 2 - x * this.#scale
    this.#y = tall / 2 - y * this.#scale
    this.dirty()
  }

  /** Moves the view. */
  pan(x: number, y: number): void {
    this.#x += x
    this.#y += y
    this.dirty()
  }

  /** Makes it larger or smaller around a point of the canvas. */
  zoom(factor: number, x = this.#canvas.clientWidth / 2, y = this.#canvas.clientHeight / 2): void {
    const scale = Math.min(2.5, Math.max(0.02, this.#scale * factor))
    this.#x = x - (x - this.#x) * (scale / this.#scale)
    this.#y = y - (y - this.#y) * (scale / this.#scale)
    this.#scale = scale
    this.dirty()
  }

  /** Brings a vertex into sight. */
  reveal(id: string): void {
    const { graph, laid: { places } = {} } = this.#drawn ?? {}
    const at = graph?.vertices.findIndex((it) => it.id === id) ?? -1
    if (at < 0) return
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    const [x, y] = [places![at * 2]! * this.#scale + this.#x, places![at * 2 + 1]! * this.#scale + this.#y]
    if (x > 0 && y > 0 && x + box.width * this.#scale < wide && y + box.height * this.#scale < tall) return
    this.pan(wide / 2 - x - (box.width * this.#scale) / 2, tall / 2 - y - (box.height * this.#scale) / 2)
  }

  /** The vertex at a point of the canvas. */
  at(x: number, y: number): GraphVertex | undefined {
    const { graph, laid: { places } = {} } = this.#drawn ?? {}
    const [left, top] = [(x - this.#x) / this.#scale, (y - this.#y) / this.#scale]
    return graph?.vertices.find((_, at) => {
      const [dx, dy] = [left - places![at * 2]!, top - places![at * 2 + 1]!]
      return dx >= 0 && dy >= 0 && dx <= box.width && dy <= box.height
    })
  }

  /** Has it drawn with the next frame. */
  dirty(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
      this.onDrawn()
    })
  }

  /** Ends it. */
  end(): void {
    cancelAnimationFrame(this.#frame)
  }

  #draw(): void {
    const drawn = this.#drawn
    const canvas = this.#canvas
    const context = canvas.getContext("2d")
    if (drawn === undefined || context === null) return
    const ratio = devicePixelRatio
    const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
    if (canvas.width !== wide * ratio || canvas.height !== tall * ratio) {
      canvas.width = wide * ratio
      canvas.height = tall * ratio
    }
    const colors = tokensOf(canvas)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, wide, tall)
    context.setTransform(ratio * this.#scale, 0, 0, ratio * this.#scale, ratio * this.#x, ratio * this.#y)
    const seen = {
      left: -this.#x / this.#scale - box.width,
      top: -this.#y / this.#scale - box.height,
      right: (wide - this.#x) / this.#scale,
      bottom: (tall - this.#y) / this.#scale
    }
    this.#edges(context, drawn, colors, seen)
    drawn.graph.vertices.forEach((vertex, at) => {
      const [x, y] = [drawn.laid.places[at * 2]!, drawn.laid.places[at * 2 + 1]!]
      if (x < seen.left || y < seen.top || x > seen.right || y > seen.bottom) return
      this.#vertex(context, drawn, colors, vertex, x, y)
    })
  }

  #edges(
    context: CanvasRenderingContext2D,
    { critical, graph, laid: { places, routes } }: Drawn,
    colors: Colors,
    seen: Area
  ): void {
    const line = (isCritical: boolean): void => {
      context.beginPath()
      for (const [at, [from, to]] of graph.edges.entries()) {
        const onPath = critical.has(graph.vertices[from]!.id) && critical.has(graph.vertices[to]!.id)
        if (onPath !== isCritical) continue
        const [x1, y1] = [places[from * 2]! + box.width, places[from * 2 + 1]! + box.height / 2]
        const [x2, y2] = [places[to * 2]!, places[to * 2 + 1]! + box.height / 2]
        if (
          x2 < seen.left || x1 > seen.right + box.width || Math.max(y1, y2) < seen.top ||
          Math.min(y1, y2) > seen.bottom + box.height
        ) continue
        context.moveTo(x1, y1)
        wind(context, [x1, y1, ...routes.get(at) ?? [], x2 - 2, y2])
        if (this.#scale > 0.35) {
          context.moveTo(x2 - 8, y2 - 4)
          context.lineTo(x2 - 2, y2)
          context.lineTo(x2 - 8, y2 + 4)
        }
      }
      context.strokeStyle = colors(isCritical ? "accent" : "line-strong")
      context.lineWidth = (isCritical ? 2.5 : 1.4) / Math.max(0.5, Math.min(1, this.#scale * 1.5))
      context.stroke()
    }
    line(false)
    if (critical.size > 0) line(true)
  }

  #vertex(
    context: CanvasRenderingContext2D,
    drawn: Drawn,
    colors: Colors,
    vertex: GraphVertex,
    x: number,
    y: number
  ): void {
    const { node } = vertex
    const tone = node === undefined ? "pending" : toneOf(node.phase, node.waiting)
    const name = tones[tone] ?? "idle"
    const isChosen = drawn.chosen !== "" && (drawn.chosen === node?.path || drawn.chosen === vertex.id)
    if (this.#scale < 0.12) {
      context.fillStyle = colors(`${name}-fill`)
      context.fillRect(x, y, box.width, box.height)
      return
    }
    context.beginPath()
    context.roundRect(x, y, box.width, box.height, 7)
    context.fillStyle = colors(isChosen ? "chosen" : "raised")
    context.fill()
    context.lineWidth = isChosen || drawn.critical.has(vertex.id) ? 2 : 1
    context.strokeStyle = isChosen || drawn.critical.has(vertex.id)
      ? colors("accent")
      : node !== undefined && isFailure(node.phase as Phase)
      ? colors("bad-fill")
      : colors("line-strong")
    context.setLineDash(node === undefined || node.startedAt === 0 ? [4, 3] : [])
    context.stroke()
    context.setLineDash([])
    this.#phases(context, colors, vertex, x, y, name)
    if (this.#scale < 0.35) return
    this.#words(context, colors, vertex, x, y, name, glyphs[tone]!)
  }

  /** A strip with the phase, or, of a group, with how many are in which. */
  #phases(
    context: CanvasRenderingContext2D,
    colors: Colors,
    vertex: GraphVertex,
    x: number,
    y: number,
    name: string
  ): void {
    const all = Object.values(vertex.counts).reduce((sum, it) => sum + it, 0)
    if (vertex.holds === 0 || all === 0) {
      context.fillStyle = colors(`${name}-fill`)
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

  #words(
    context: CanvasRenderingContext2D,
    colors: Colors,
    vertex: GraphVertex,
    x: number,
    y: number,
    name: string,
    glyph: string
  ): void {
    context.textBaseline = "middle"
    context.font = `600 12px ${colors("font")}`
    context.fillStyle = colors(name)
    context.fillText(glyph, x + 12, y + 15)
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
      context.fillText(fitted(context, subtitle(vertex, this.#drawn?.isPlan), box.width - 40), x + 28, y + 30)
    }
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

const subtitle = ({ label, node, runs }: GraphVertex, isPlan = false): string => {
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
